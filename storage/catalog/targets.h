// The machines behind the gateway, with the credentials it injects (wrapped; the catalog cannot open them).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "storage/catalog/catalog.h"
#include "storage/catalog/name_range.h"

namespace frostgate::catalog {

enum class Protocol { rdp, vnc };
const char* to_string(Protocol protocol);

// Whose account sessions sign in to a target with.
enum class Account {
  nobody,    // none begins
  shared,    // the target's own, for everybody
  personal,  // the user's own there (personal_credentials.h)
  asked,     // what the user types on a screen of the gateway's, kept nowhere
};
const char* to_string(Account account);
Result<Account> account_named(const std::string& word);  // of those that a target may have: not nobody

struct Target {
  std::string name;  // 1-64 of letters, digits, '.', '_', '-'
  Protocol protocol = Protocol::rdp;
  std::string host;
  std::uint16_t port = 0;
  Account account = Account::nobody;
  std::string login_user;  // of the shared account, as the next two; where it is asked for, what is proposed
  std::string domain;
  std::vector<std::byte> wrapped_credential;
  std::string pinned_certificate;  // SHA-256 of the DER form, 64 lower-case hex digits; empty: nothing pinned
  std::string last_certificate;    // the same, as it was presented last
  std::map<std::string, std::string> tags;
  UtcTime created;                 // set by add
  std::optional<UtcTime> credential_refused;  // since when the credential is set aside
};

// What is not said stays as it was.
struct AccountChange {
  Account account = Account::nobody;
  std::optional<std::string> login_user, domain;
  std::optional<std::vector<std::byte>> wrapped_credential;  // empty: there is none
};

class Targets {
 public:
  explicit Targets(Catalog& catalog) : database_(catalog.database()) {}

  // Errors: `invalid` name, host, port, account or certificate; `exists`.
  Result<void> add(const Target& target, UtcTime now);
  Result<std::vector<Target>> list(const NameRange& range = {});  // by name
  Result<Target> find(const std::string& name);
  // Its tickets go with it; recordings keep its name.
  Result<void> remove(const std::string& name);
  Result<void> set_pin(const std::string& name, const std::string& sha256);
  Result<void> set_last_certificate(const std::string& name, const std::string& sha256);
  // The target refused its credential: it is not tried again before set_credential() or trust_credential().
  Result<void> set_credential_aside(const std::string& name, UtcTime now);
  Result<void> trust_credential(const std::string& name);
  Result<void> set_credential(const std::string& name, const std::vector<std::byte>& wrapped);
  // An account that signs in otherwise than before is tried again, if it was refused. Errors: `not_found`, `invalid`.
  Result<void> set_account(const std::string& name, const AccountChange& change);

 private:
  Database& database_;
};

}  // namespace frostgate::catalog
