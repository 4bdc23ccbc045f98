#include "storage/catalog/personal_credentials.h"

#include "storage/catalog/columns.h"
#include "storage/catalog/conditions.h"
#include "storage/catalog/database.h"

namespace frostgate::catalog {
namespace {

constexpr const char* kSelectCredentials = "SELECT target, user_name, login_user, login_domain, wrapped, refused FROM personal_credentials";
// With the user's column called as Conditions knows it.
constexpr const char* kSelectByUser =
    "SELECT target, name, login_user, login_domain, wrapped, refused FROM"
    " (SELECT target, user_name AS name, login_user, login_domain, wrapped, refused FROM personal_credentials) own";

Error no_credential(const std::string& target, const std::string& user) { return {ErrorKind::not_found, user + " has no account of their own on " + target}; }

struct CredentialRow {
  PersonalCredential credential;
  std::string wrapped;
  long long refused = 0;

  Result<PersonalCredential> finished() const {
    PersonalCredential result = credential;
    result.wrapped = TRY(bytes_from_hex(wrapped));
    result.refused = optional_time_from_column(refused);
    return result;
  }
};

auto into_credential(CredentialRow& row, soci::details::prepare_temp_type prepared) {
  return (prepared, soci::into(row.credential.target), soci::into(row.credential.user), soci::into(row.credential.login_user), soci::into(row.credential.domain),
          soci::into(row.wrapped), soci::into(row.refused));
}

Result<std::vector<PersonalCredential>> fetch_all(soci::statement& select, CredentialRow& row) {
  std::vector<PersonalCredential> out;
  select.execute();
  while (select.fetch()) out.push_back(TRY(row.finished()));
  return out;
}

Result<void> check_owner(const std::string& target, const std::string& user) {
  TRY(check_text("a target's name", target));
  return check_text("a user's name", user);
}

}  // namespace

Result<void> PersonalCredentials::set(const PersonalCredential& credential) {
  TRY(check_owner(credential.target, credential.user));
  TRY(check_text("a login", credential.login_user));
  TRY(check_text("a login's domain", credential.domain));
  const std::string wrapped = hex(credential.wrapped);
  return database_.write([&](soci::session& sql) -> Result<void> {
    std::string known;
    sql << "SELECT name FROM targets WHERE name = :name", soci::use(credential.target), soci::into(known);
    if (!sql.got_data()) return Error{ErrorKind::not_found, "there is no target " + credential.target};
    sql << "SELECT name FROM users WHERE name = :name", soci::use(credential.user), soci::into(known);
    if (!sql.got_data()) return Error{ErrorKind::not_found, "there is no user " + credential.user};
    sql << "INSERT INTO personal_credentials (target, user_name, login_user, login_domain, wrapped, refused) VALUES (:target, :user_name, :login_user, :login_domain,"
           " :wrapped, 0) ON CONFLICT (target, user_name) DO UPDATE SET login_user = excluded.login_user, login_domain = excluded.login_domain,"
           " wrapped = excluded.wrapped, refused = 0",
        soci::use(credential.target), soci::use(credential.user), soci::use(credential.login_user), soci::use(credential.domain), soci::use(wrapped);
    return {};
  });
}

Result<std::vector<PersonalCredential>> PersonalCredentials::list() {
  return database_.read([](soci::session& sql) -> Result<std::vector<PersonalCredential>> {
    CredentialRow row;
    soci::statement select = into_credential(row, sql.prepare << std::string(kSelectCredentials) + " ORDER BY target, user_name");
    return fetch_all(select, row);
  });
}

Result<std::vector<PersonalCredential>> PersonalCredentials::list(const std::string& target, const NameRange& users) {
  TRY(check_text("a target's name", target));
  Conditions asked;
  asked.add("target = " + asked.text(target));
  TRY(asked.within(users));
  return database_.read([&](soci::session& sql) -> Result<std::vector<PersonalCredential>> {
    CredentialRow row;
    soci::statement select = into_credential(row, asked.bind(sql.prepare << std::string(kSelectByUser) + asked.where_by_name()));
    return fetch_all(select, row);
  });
}

Result<PersonalCredential> PersonalCredentials::find(const std::string& target, const std::string& user) {
  TRY(check_owner(target, user));
  return database_.read([&](soci::session& sql) -> Result<PersonalCredential> {
    CredentialRow row;
    soci::statement select = into_credential(
        row, (sql.prepare << std::string(kSelectCredentials) + " WHERE target = :target AND user_name = :user_name", soci::use(target), soci::use(user)));
    if (!select.execute(true)) return no_credential(target, user);
    return row.finished();
  });
}

Result<void> PersonalCredentials::remove(const std::string& target, const std::string& user) {
  TRY(check_owner(target, user));
  return database_.write([&](soci::session& sql) -> Result<void> {
    soci::statement erase =
        (sql.prepare << "DELETE FROM personal_credentials WHERE target = :target AND user_name = :user_name", soci::use(target), soci::use(user));
    if (execute(erase) == 0) return no_credential(target, user);
    return {};
  });
}

Result<void> PersonalCredentials::set_aside(const std::string& target, const std::string& user, UtcTime now) { return set_refused(target, user, now); }
Result<void> PersonalCredentials::trust(const std::string& target, const std::string& user) { return set_refused(target, user, std::nullopt); }

Result<void> PersonalCredentials::set_refused(const std::string& target, const std::string& user, const std::optional<UtcTime>& at) {
  TRY(check_owner(target, user));
  const long long refused = to_column(at);
  return database_.write([&](soci::session& sql) -> Result<void> {
    soci::statement update = (sql.prepare << "UPDATE personal_credentials SET refused = :refused WHERE target = :target AND user_name = :user_name",
                              soci::use(refused), soci::use(target), soci::use(user));
    if (execute(update) == 0) return no_credential(target, user);
    return {};
  });
}

}  // namespace frostgate::catalog
