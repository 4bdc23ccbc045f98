#include "storage/catalog/directory_users.h"

#include "storage/catalog/columns.h"
#include "storage/catalog/database.h"

namespace frostgate::catalog {
namespace {

// Of `disabled`: an administrator said so; the directory said so.
constexpr long long kEnabled = 0, kByDirectory = 2;

Result<void> check_askable(soci::session& sql, const std::string& name) {
  std::string dn;
  long long disabled = 0;
  sql << "SELECT directory_dn, disabled FROM users WHERE name = :name", soci::use(name), soci::into(dn), soci::into(disabled);
  if (!sql.got_data()) return {};
  if (dn.empty()) return Error{ErrorKind::denied, "\"" + name + "\" is a local user, whom the directory is not asked about"};
  if (disabled != kEnabled && disabled != kByDirectory) return Error{ErrorKind::denied, "user \"" + name + "\" is disabled"};
  return {};
}

}  // namespace

Result<void> DirectoryUsers::may_ask(const std::string& name) {
  TRY(check_text("a user's name", name));
  return database_.read([&](soci::session& sql) { return check_askable(sql, name); });
}

Result<void> DirectoryUsers::renew(const std::string& name, const std::string& dn, const std::vector<std::string>& groups, UtcTime now) {
  TRY(check_name("a user's name", name));
  TRY(check_text("a user's name in the directory", dn));
  if (dn.empty()) return Error{ErrorKind::invalid, "the directory has no name for " + name};
  for (const std::string& group : groups) TRY(check_group_name(group));
  const long long created = to_column(now);
  return database_.write([&](soci::session& sql) -> Result<void> {
    TRY(check_askable(sql, name));
    sql << "INSERT INTO users (name, password_hash, disabled, created, directory_dn) VALUES (:name, '', 0, :created, :dn)"
           " ON CONFLICT (name) DO UPDATE SET disabled = 0, directory_dn = excluded.directory_dn",
        soci::use(name), soci::use(created), soci::use(dn);
    sql << "DELETE FROM directory_groups WHERE user_name = :name", soci::use(name);
    for (const std::string& group : groups) {
      sql << "INSERT INTO directory_groups (user_name, group_name) VALUES (:name, :group_name) ON CONFLICT DO NOTHING", soci::use(name), soci::use(group);
    }
    return {};
  });
}

Result<void> DirectoryUsers::refuse(const std::string& name) {
  TRY(check_text("a user's name", name));
  return database_.write([&](soci::session& sql) -> Result<void> {
    sql << "UPDATE users SET disabled = 2 WHERE name = :name AND directory_dn <> '' AND disabled = 0", soci::use(name);
    return {};
  });
}

Result<std::vector<std::string>> DirectoryUsers::list() {
  return database_.read([](soci::session& sql) -> Result<std::vector<std::string>> {
    std::string name;
    soci::statement select =
        (sql.prepare << "SELECT name FROM users WHERE directory_dn <> '' AND disabled = 0 ORDER BY name", soci::into(name));
    std::vector<std::string> out;
    select.execute();
    while (select.fetch()) out.push_back(name);
    return out;
  });
}

}  // namespace frostgate::catalog
