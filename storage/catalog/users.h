// Who may come in. Users are never removed, only disabled: recordings name them.
#pragma once

#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "storage/catalog/catalog.h"
#include "storage/catalog/name_range.h"

namespace frostgate::catalog {

struct User {
  std::string name;           // 1-64 of letters, digits, '.', '_', '-'
  std::string password_hash;  // opaque; empty means that no password lets this user in
  bool disabled = false;      // by an administrator, or by the directory that the user comes from
  std::string directory_dn;   // what that directory calls the user; empty: a local one
  std::string provider;       // or the identity provider of this name does
  UtcTime created;
};

class Users {
 public:
  explicit Users(Catalog& catalog) : database_(catalog.database()) {}

  // Errors: `invalid` name, `exists`.
  Result<void> add(const std::string& name, const std::string& password_hash, UtcTime now);
  Result<std::vector<User>> list(const NameRange& range = {});  // by name
  Result<User> find(const std::string& name);
  // `not_found` for an unknown name. A disabled user's tickets are dead while that lasts.
  Result<void> disable(const std::string& name);
  Result<void> enable(const std::string& name);
  // `invalid` for a user of a directory, which alone knows the password.
  Result<void> set_password(const std::string& name, const std::string& password_hash);

 private:
  Result<void> set_disabled(const std::string& name, bool disabled);
  Database& database_;
};

}  // namespace frostgate::catalog
