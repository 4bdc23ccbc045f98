// Accounts of the gateway's users on targets where each signs in as himself: user and password there (wrapped; the catalog cannot open them).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "storage/catalog/catalog.h"
#include "storage/catalog/name_range.h"

namespace frostgate::catalog {

struct PersonalCredential {
  std::string target, user;  // of the gateway
  std::string login_user;    // there
  std::string domain;
  std::vector<std::byte> wrapped;
  std::optional<UtcTime> refused;  // since when it is set aside
};

// They go with their target.
class PersonalCredentials {
 public:
  explicit PersonalCredentials(Catalog& catalog) : database_(catalog.database()) {}

  // In the place of the one before, and tried again. Errors: `not_found` target or user, `invalid`.
  Result<void> set(const PersonalCredential& credential);
  Result<std::vector<PersonalCredential>> list();  // by target and user
  Result<std::vector<PersonalCredential>> list(const std::string& target, const NameRange& users);  // by user
  // `not_found`: the user has none there; as of the next three.
  Result<PersonalCredential> find(const std::string& target, const std::string& user);
  Result<void> remove(const std::string& target, const std::string& user);
  // The target refused it: it is not tried again before set() or trust().
  Result<void> set_aside(const std::string& target, const std::string& user, UtcTime now);
  Result<void> trust(const std::string& target, const std::string& user);

 private:
  Result<void> set_refused(const std::string& target, const std::string& user, const std::optional<UtcTime>& at);
  Database& database_;
};

}  // namespace frostgate::catalog
