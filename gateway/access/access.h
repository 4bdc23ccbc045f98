// Who somebody is: passwords of local users and one-time tickets, checked by serve alone. Thread-safe.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <semaphore>
#include <span>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/secret.h"
#include "codec/base/time.h"
#include "storage/catalog/catalog.h"
#include "storage/crypto/key_encryption_key.h"

namespace frostgate::access {

// Somebody who proved who they are, and where they want to go. Not yet that they may.
struct Identity {
  std::string user;
  std::string target;
};

class Access {
 public:
  Access(catalog::Catalog& catalog, const storage::KeyEncryptionKey& kek) : catalog_(catalog), kek_(kek) {}

  // `login` is "user@target" or "user%target". Nothing tells the caller's peer which part was wrong: the error's message is
  // for the log only. After kMaxFailures within a minute the same account or address is refused without a look.
  Result<Identity> by_password(const std::string& login, const Secret& password, const std::string& address,
                               UtcTime now);

  // The live ticket whose value gives `response` to `challenge` (VncAuth); used up by this call.
  Result<Identity> by_vnc_response(std::span<const std::byte, 16> challenge, std::span<const std::byte, 16> response,
                                   const std::string& session, const std::string& address, UtcTime now);

  struct IssuedTicket {
    Secret value;      // 8 characters
    UtcTime expires;
  };
  Result<IssuedTicket> issue_vnc_ticket(const std::string& user, const std::string& target, Microseconds lifetime,
                                        UtcTime now);

  static constexpr int kMaxFailures = 10;

 private:
  bool throttled(const std::string& key, UtcTime now);
  void failed(const std::string& key, UtcTime now);

  // A check takes 64 MiB: strangers who all log in at once must not take all memory.
  std::counting_semaphore<> hashing_{4};

  catalog::Catalog& catalog_;
  const storage::KeyEncryptionKey& kek_;
  std::mutex mutex_;
  std::map<std::string, std::vector<UtcTime>> failures_;  // within the last minute, by account or address
};

}  // namespace frostgate::access
