#include "storage/catalog/users.h"

#include "storage/catalog/columns.h"
#include "storage/catalog/conditions.h"
#include "storage/catalog/database.h"

namespace frostgate::catalog {
namespace {

Error unknown_user(const std::string& name) { return {ErrorKind::not_found, "there is no user " + name}; }

}  // namespace

Result<void> Users::add(const std::string& name, const std::string& password_hash, UtcTime now) {
  TRY(check_name("a user's name", name));
  TRY(check_text("a password's hash", password_hash));
  const long long created = to_column(now);
  return database_.write([&](soci::session& sql) -> Result<void> {
    soci::statement insert = (sql.prepare << "INSERT INTO users (name, password_hash, disabled, created)"
                                             " VALUES (:name, :password_hash, 0, :created) ON CONFLICT DO NOTHING",
                              soci::use(name), soci::use(password_hash), soci::use(created));
    if (execute(insert) == 0) return Error{ErrorKind::exists, "there is already a user " + name};
    return {};
  });
}

Result<std::vector<User>> Users::list(const NameRange& range) {
  Conditions asked;
  TRY(asked.within(range));
  return database_.read([&](soci::session& sql) -> Result<std::vector<User>> {
    User user;
    long long disabled = 0;
    long long created = 0;
    soci::statement select = (asked.bind(sql.prepare << "SELECT name, password_hash, disabled, created, directory_dn, provider FROM users" + asked.where_by_name()),
                              soci::into(user.name), soci::into(user.password_hash), soci::into(disabled), soci::into(created), soci::into(user.directory_dn), soci::into(user.provider));
    std::vector<User> users;
    select.execute();
    while (select.fetch()) {
      user.disabled = disabled != 0;
      user.created = time_from_column(created);
      users.push_back(user);
    }
    return users;
  });
}

Result<User> Users::find(const std::string& name) {
  TRY(check_text("a user's name", name));
  return database_.read([&](soci::session& sql) -> Result<User> {
    User user;
    long long disabled = 0;
    long long created = 0;
    sql << "SELECT name, password_hash, disabled, created, directory_dn, provider FROM users WHERE name = :name", soci::use(name), soci::into(user.name),
        soci::into(user.password_hash), soci::into(disabled), soci::into(created), soci::into(user.directory_dn), soci::into(user.provider);
    if (!sql.got_data()) return unknown_user(name);
    user.disabled = disabled != 0;
    user.created = time_from_column(created);
    return user;
  });
}

Result<void> Users::disable(const std::string& name) { return set_disabled(name, true); }
Result<void> Users::enable(const std::string& name) { return set_disabled(name, false); }

Result<void> Users::set_disabled(const std::string& name, bool disabled) {
  TRY(check_text("a user's name", name));
  const long long value = disabled ? 1 : 0;
  return database_.write([&](soci::session& sql) -> Result<void> {
    soci::statement update =
        (sql.prepare << "UPDATE users SET disabled = :disabled WHERE name = :name", soci::use(value), soci::use(name));
    if (execute(update) == 0) return unknown_user(name);
    return {};
  });
}

Result<void> Users::set_password(const std::string& name, const std::string& password_hash) {
  TRY(check_text("a user's name", name));
  TRY(check_text("a password's hash", password_hash));
  return database_.write([&](soci::session& sql) -> Result<void> {
    soci::statement update = (sql.prepare << "UPDATE users SET password_hash = :password_hash WHERE name = :name AND directory_dn = ''",
                              soci::use(password_hash), soci::use(name));
    if (execute(update) > 0) return {};
    long long known = 0;
    sql << "SELECT CAST(COUNT(*) AS BIGINT) FROM users WHERE name = :name", soci::use(name), soci::into(known);
    if (known == 0) return unknown_user(name);
    return Error{ErrorKind::invalid, "the password of " + name + " is the directory's, and is changed there"};
  });
}

}  // namespace frostgate::catalog
