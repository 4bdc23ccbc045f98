#include "storage/catalog/directory_users.h"

#include "storage/catalog/columns.h"
#include "storage/catalog/database.h"

namespace frostgate::catalog {
namespace {

// Of `disabled`: an administrator said so; the directory said so.
constexpr long long kEnabled = 0, kByDirectory = 2;

std::string home(const std::string& provider) { return provider.empty() ? "the directory" : "the provider " + provider; }

// `dn` is empty where it is not known yet.
Result<void> check_askable(soci::session& sql, const std::string& name, const std::string& provider, const std::string& dn) {
  std::string known_dn, known_provider;
  long long disabled = 0;
  sql << "SELECT directory_dn, provider, disabled FROM users WHERE name = :name", soci::use(name), soci::into(known_dn), soci::into(known_provider), soci::into(disabled);
  if (!sql.got_data()) return {};
  const auto denied = [&](const std::string& why) { return Error{ErrorKind::denied, "\"" + name + "\" is " + why}; };
  if (known_dn.empty()) return denied("a local user, whom " + home(provider) + " is not asked about");
  if (known_provider != provider) return denied("a user of " + home(known_provider) + ", whom " + home(provider) + " is not asked about");
  if (!provider.empty() && !dn.empty() && dn != known_dn) return denied("another person's name: " + home(provider) + " calls them " + known_dn + ", not " + dn);
  if (disabled != kEnabled && disabled != kByDirectory) return denied("disabled");
  return {};
}

}  // namespace

Result<void> DirectoryUsers::may_ask(const std::string& name) {
  TRY(check_text("a user's name", name));
  return database_.read([&](soci::session& sql) { return check_askable(sql, name, provider_, ""); });
}

Result<void> DirectoryUsers::renew(const std::string& name, const std::string& dn, const std::vector<std::string>& groups, UtcTime now) {
  TRY(check_name("a user's name", name));
  TRY(check_text("a user's name in the directory", dn));
  if (dn.empty()) return Error{ErrorKind::invalid, home(provider_) + " has no name for " + name};
  for (const std::string& group : groups) TRY(check_group_name(group));
  const long long at = to_column(now);
  return database_.write([&](soci::session& sql) -> Result<void> {
    TRY(check_askable(sql, name, provider_, dn));
    sql << "INSERT INTO users (name, password_hash, disabled, created, directory_dn, provider, renewed) VALUES (:name, '', 0, :created, :dn, :provider, :renewed)"
           " ON CONFLICT (name) DO UPDATE SET disabled = 0, directory_dn = excluded.directory_dn, renewed = excluded.renewed",
        soci::use(name), soci::use(at), soci::use(dn), soci::use(provider_), soci::use(at);
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
    sql << "UPDATE users SET disabled = 2 WHERE name = :name AND directory_dn <> '' AND provider = :provider AND disabled = 0", soci::use(name), soci::use(provider_);
    return {};
  });
}

Result<void> DirectoryUsers::refuse_unseen(UtcTime since) {
  const long long before = to_column(since);
  return database_.write([&](soci::session& sql) -> Result<void> {
    sql << "UPDATE users SET disabled = 2 WHERE directory_dn <> '' AND provider = :provider AND disabled = 0 AND renewed < :since", soci::use(provider_), soci::use(before);
    return {};
  });
}

Result<std::vector<std::string>> DirectoryUsers::list() {
  return database_.read([&](soci::session& sql) -> Result<std::vector<std::string>> {
    std::string name;
    soci::statement select =
        (sql.prepare << "SELECT name FROM users WHERE directory_dn <> '' AND provider = :provider AND disabled = 0 ORDER BY name", soci::use(provider_), soci::into(name));
    std::vector<std::string> out;
    select.execute();
    while (select.fetch()) out.push_back(name);
    return out;
  });
}

}  // namespace frostgate::catalog
