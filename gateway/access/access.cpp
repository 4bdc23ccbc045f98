#include "gateway/access/access.h"

#include <algorithm>

#include "gateway/access/denied.h"
#include "gateway/base/source_network.h"
#include "gateway/crypto/passwords.h"
#include "storage/catalog/targets.h"
#include "storage/catalog/users.h"

namespace frostgate::access {

Identity parse_login(const std::string& login) {
  const std::size_t at = login.find_last_of("@%");
  return {login.substr(0, at), at == std::string::npos ? "" : login.substr(at + 1)};
}

namespace {

int tries(const directory::Directory* directory) { return directory ? directory->settings().failures : 1; }
Microseconds tries_within(const directory::Directory* directory) { return directory ? Microseconds(directory->settings().failure_window) : Microseconds(0); }

}  // namespace

Access::Access(catalog::Catalog& catalog, const storage::KeyEncryptionKey& kek, directory::Directory* directory)
    : catalog_(catalog), kek_(kek), directory_(directory), wrong_in_directory_(tries(directory), tries_within(directory)) {}

bool Access::throttled(const std::string& user, const std::string& address, UtcTime now) {
  return address_failures_.full(source_network(address), now) || (!user.empty() && account_failures_.full(directory::lower_case(user), now));
}

void Access::note_failure(const std::string& user, const std::string& address, UtcTime now) {
  address_failures_.note(source_network(address), now);
  if (!user.empty()) account_failures_.note(directory::lower_case(user), now);
}

Result<Identity> Access::by_password(const std::string& login, const Secret& password, const std::string& address,
                                     UtcTime now) {
  const directory::TypedLogin typed = directory::typed_login(login, directory_ ? directory_->settings().domains : std::vector<std::string>());
  const std::string& name = typed.name.user;
  const Error without_a_look{ErrorKind::timeout, "more than " + std::to_string(kMaxFailures) + " failed logins within a minute for \"" + name + "\" or from " + address +
                                                     "; refused without a look for a while"};
  if (throttled(name, address, now)) return without_a_look;
  const Result<catalog::User> user = catalog::Users(catalog_).find(name);
  if (!user && user.error().kind != ErrorKind::not_found && user.error().kind != ErrorKind::invalid) return user.error();
  const bool local = user && user.value().directory_dn.empty();
  if (directory_ && !local) {
    Result<Identity> known = by_directory(typed, password, now);
    if (!known && known.error().kind == ErrorKind::denied) note_failure(name, address, now);
    return known;
  }
  const bool usable = local && !user.value().disabled;
  // An unknown, disabled or passwordless user costs the same time as a wrong password.
  hashing_.acquire();
  // Of very many who came at once, those before have failed meanwhile.
  const bool late = throttled(name, address, now);
  const bool right = !late && crypto::check_password(password, usable ? user.value().password_hash : "");
  if (!late && !right) note_failure(name, address, now);
  hashing_.release();
  if (late) return without_a_look;
  if (!right) {
    return denied(!user                   ? std::string("no user of this name")  // which may be a password in the wrong field
                  : !local                ? "user \"" + name + "\" is of a directory or an identity provider, and has no password here"
                  : user.value().disabled ? "user \"" + name + "\" is disabled"
                  : password.empty()      ? "no password was given for \"" + name + "\""
                                          : "wrong password for \"" + name + "\"");
  }
  return Identity{name, typed.target};
}

}  // namespace frostgate::access
