// Passwords of users whom the organisation's directory knows.
#include "gateway/access/access.h"
#include "gateway/access/denied.h"
#include "gateway/directory/directory.h"
#include "storage/catalog/directory_users.h"
#include "storage/catalog/users.h"

namespace frostgate::access {

bool Access::asks_directory(const std::string& login) {
  if (!directory_) return false;
  const auto user = catalog::Users(catalog_).find(directory::typed_login(login, directory_->settings().domains).name.user);
  return !user || !user.value().directory_dn.empty();
}

Result<Identity> Access::by_directory(const directory::TypedLogin& typed, const Secret& password, UtcTime now) {
  // Of the threads that wait for a directory that hangs there are only so many.
  if (!asking_.try_acquire()) return Error{ErrorKind::unavailable, "too many people wait for the directory at this moment"};
  catalog::DirectoryUsers users(catalog_);
  const directory::Settings& settings = directory_->settings();
  const auto may_try = [&](const std::string& user) -> Result<void> {
    TRY(users.may_ask(user));
    // Counted before it is tried: many who try at the same moment are as many tries. The directory locks accounts, for everybody, where we only refuse.
    if (wrong_in_directory_.take(user, now)) return {};
    return Error{ErrorKind::timeout, std::to_string(settings.failures) + " wrong passwords within " + std::to_string(settings.failure_window.count()) + " minutes for \"" + user +
                                         "\"; the directory is not asked, so that it does not lock the account"};
  };
  const Result<directory::Person> person = directory_->check_password(typed.name, password, may_try, now);
  asking_.release();
  if (!person) return person.error();
  TRY(users.renew(person.value().user, person.value().dn, person.value().groups, now));
  wrong_in_directory_.forget(person.value().user);
  return Identity{person.value().user, typed.target};
}

}  // namespace frostgate::access
