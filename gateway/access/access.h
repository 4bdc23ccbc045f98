// Who somebody is: passwords of local users and of the directory's, and one-time tickets, checked by serve alone. Thread-safe.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <semaphore>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/secret.h"
#include "codec/base/time.h"
#include "gateway/access/throttle.h"
#include "gateway/crypto/ntlm.h"
#include "gateway/directory/directory.h"
#include "storage/catalog/catalog.h"
#include "storage/catalog/tickets.h"
#include "storage/crypto/key_encryption_key.h"

namespace frostgate::access {

// Under which tickets are wrapped.
inline constexpr const char* kTicketContext = "ticket";
inline constexpr const char* kTotpContext = "second factor of ";  // and the user's name

// Somebody who proved who they are, and where they want to go. Not yet that they may.
struct Identity {
  std::string user;
  std::string target;
  std::optional<catalog::Ticket> ticket{};  // that proved it, used up by this session, or by the one it comes back to
  std::string comes_back_to{};              // that session; empty: the ticket was used for the first time
};

// "user@target" or "user%target"; the target is empty when there is none.
Identity parse_login(const std::string& login);

class Access {
 public:
  // `directory` may be null: there are local users only.
  Access(catalog::Catalog& catalog, const storage::KeyEncryptionKey& kek, directory::Directory* directory);

  // `login` is "user@target" or "user%target", or names no target; the user may be DOMAIN\user or user@domain (gateway/directory/names.h). A local user's password is checked
  // here, and the directory never hears of it; everybody else's by the directory, where there is one: that may take directory::kPatience. The identity
  // has the user's own name, however it was typed. Nothing tells the caller's peer which part was wrong: the error's message is for the log only. After
  // kMaxFailures within a minute the same account or address is refused without a look (`timeout`); `unavailable` when no directory answers.
  Result<Identity> by_password(const std::string& login, const Secret& password, const std::string& address,
                               UtcTime now);

  // The live ticket whose value gives `response` to `challenge` (VncAuth); used up by this call.
  Result<Identity> by_vnc_response(std::span<const std::byte, 16> challenge, std::span<const std::byte, 16> response,
                                   const std::string& session, const std::string& address, UtcTime now);

  // `login` is "user@target#ticket", as the RDP client's Client Info PDU carries it; the ticket is used up by this call.
  Result<Identity> by_rdp_ticket(std::string_view login, const std::string& session, const std::string& address,
                                 UtcTime now);

  // NLA, where the user name is "user@target" and a ticket is the password. The ticket is used up by this call, and its
  // hash is given out, only when the client's messages prove that it knows the ticket.
  struct NtlmIdentity {
    Identity identity;
    Secret hash;  // NTOWFv2
  };
  Result<NtlmIdentity> by_ntlm(const crypto::NtlmProof& proof, const std::string& session, const std::string& address,
                               UtcTime now);

  // Whether by_password() would ask the directory.
  bool asks_directory(const std::string& login);

  struct TicketRequest {
    std::string user, target;
    catalog::Protocol front = catalog::Protocol::rdp;
    Microseconds lifetime{};
    std::string source_address;  // the only one it works from; empty: any
  };
  struct IssuedTicket {
    Secret value;  // VNC: 8 characters, all that its protocol takes; RDP: 22, that is 128 bits
    UtcTime expires;
  };
  Result<IssuedTicket> issue_ticket(const TicketRequest& request, UtcTime now);

  // A ticket that `session` used may be used again from this address, to come back to that session, until forget_return().
  void allow_return(const catalog::Ticket& ticket, const std::string& session, const std::string& address);
  void forget_return(const std::string& session);

  static constexpr int kMaxFailures = 10;

  // For proofs of other kinds that count like passwords: whether this account or address is refused without a look now, and that
  // one failed. An empty account: the address alone.
  bool throttled(const std::string& user, const std::string& address, UtcTime now);
  void note_failure(const std::string& user, const std::string& address, UtcTime now);

 private:
  // What came of a directory's check (directory_login.cpp).
  Result<Identity> by_directory(const directory::TypedLogin& typed, const Secret& password, UtcTime now);
  // Uses up the one live ticket of this front, user and target that `opens` (of any user or target when those are empty), or finds
  // the one that may be used again.
  Result<Identity> use_ticket(const catalog::Ticket& wanted, const std::string& session, const std::string& address, UtcTime now,
                              const std::function<Result<bool>(const Secret& value)>& opens);
  Result<bool> was_good_once(const catalog::Ticket& wanted, UtcTime now, const std::function<Result<bool>(const Secret& value)>& opens);
  Result<std::vector<catalog::Ticket>> usable_tickets(catalog::Protocol kind, const std::string& address, UtcTime now);

  // A check takes 64 MiB: strangers who all log in at once must not take all memory.
  std::counting_semaphore<> hashing_{4};
  std::counting_semaphore<> asking_{16};

  catalog::Catalog& catalog_;
  const storage::KeyEncryptionKey& kek_;
  directory::Directory* const directory_;
  // An account alone is never locked for long: anybody could lock somebody else's.
  Throttle account_failures_{kMaxFailures, std::chrono::minutes(1)};
  Throttle address_failures_{kMaxFailures, std::chrono::minutes(1), std::chrono::minutes(15)};
  Throttle wrong_in_directory_;  // by the user's own name
  std::mutex mutex_;
  struct Return {
    catalog::Ticket ticket;
    std::string address;
  };
  std::map<std::string, Return> returns_;  // by session
};

}  // namespace frostgate::access
