#include "storage/catalog/targets.h"

#include "storage/catalog/columns.h"
#include "storage/catalog/conditions.h"
#include "storage/catalog/database.h"

namespace frostgate::catalog {
namespace {

constexpr Protocol kProtocols[] = {Protocol::rdp, Protocol::vnc};
constexpr Account kAccounts[] = {Account::shared, Account::personal, Account::asked};
constexpr const char* kSelectTargets =
    "SELECT name, protocol, host, port, account, login_user, login_domain, wrapped_credential, pinned_certificate, last_certificate,"
    " created, credential_refused FROM targets";

Error unknown_target(const std::string& name) { return {ErrorKind::not_found, "there is no target " + name}; }

// A row as SOCI fills it.
struct TargetRow {
  Target target;
  std::string protocol;
  std::string account;
  std::string credential;
  long long port = 0;
  long long created = 0;
  long long refused = 0;

  Result<Target> finished() const {
    Target result = target;
    result.protocol = TRY(from_word(protocol, kProtocols));
    result.account = TRY(from_word(account, kAccounts));
    result.wrapped_credential = TRY(bytes_from_hex(credential));
    if (port < 1 || port > 65535) return Error{ErrorKind::corrupt, "the catalog has an impossible port for " + target.name};
    result.port = static_cast<std::uint16_t>(port);
    result.created = time_from_column(created);
    if (refused != 0) result.credential_refused = time_from_column(refused);
    return result;
  }
};

auto into_row(TargetRow& row, soci::details::prepare_temp_type prepared) {
  return (prepared, soci::into(row.target.name), soci::into(row.protocol), soci::into(row.target.host), soci::into(row.port),
          soci::into(row.account), soci::into(row.target.login_user), soci::into(row.target.domain), soci::into(row.credential),
          soci::into(row.target.pinned_certificate), soci::into(row.target.last_certificate), soci::into(row.created),
          soci::into(row.refused));
}

Result<void> check(const Target& target) {
  TRY(check_name("a target's name", target.name));
  TRY(check_text("a target's host", target.host));
  if (target.host.empty()) return Error{ErrorKind::invalid, "a target needs a host"};
  if (target.port == 0) return Error{ErrorKind::invalid, "a target needs a port from 1 to 65535"};
  TRY(account_named(to_string(target.account)));
  TRY(check_text("a target's login", target.login_user));
  TRY(check_text("a target's domain", target.domain));
  TRY(check_sha256("a target's pinned certificate", target.pinned_certificate));
  TRY(check_sha256("a target's last certificate", target.last_certificate));
  for (const auto& [name, value] : target.tags) {
    TRY(check_text("a tag's name", name));
    TRY(check_text("a tag's value", value));
    if (name.empty()) return Error{ErrorKind::invalid, "a tag needs a name"};
  }
  return {};
}

}  // namespace

const char* to_string(Protocol protocol) {
  switch (protocol) {
    case Protocol::rdp: return "rdp";
    case Protocol::vnc: return "vnc";
  }
  return "unknown";
}

const char* to_string(Account account) {
  switch (account) {
    case Account::nobody: return "nobody";
    case Account::shared: return "shared";
    case Account::personal: return "personal";
    case Account::asked: return "asked";
  }
  return "unknown";
}

Result<Account> account_named(const std::string& word) {
  for (const Account account : kAccounts) {
    if (word == to_string(account)) return account;
  }
  return Error{ErrorKind::invalid, "a target's account is \"" + word + "\"; expected shared, personal or asked"};
}

Result<void> Targets::add(const Target& target, UtcTime now) {
  TRY(check(target));
  const std::string protocol = to_string(target.protocol), account = to_string(target.account);
  const std::string credential = hex(target.wrapped_credential);
  const long long port = target.port;
  const long long created = to_column(now);
  return database_.write([&](soci::session& sql) -> Result<void> {
    soci::statement insert =
        (sql.prepare << "INSERT INTO targets (name, protocol, host, port, account, login_user, login_domain, wrapped_credential,"
                        " pinned_certificate, last_certificate, created) VALUES (:name, :protocol, :host, :port, :account, :login_user,"
                        " :login_domain, :wrapped_credential, :pinned_certificate, :last_certificate, :created)"
                        " ON CONFLICT DO NOTHING",
         soci::use(target.name), soci::use(protocol), soci::use(target.host), soci::use(port), soci::use(account), soci::use(target.login_user),
         soci::use(target.domain), soci::use(credential), soci::use(target.pinned_certificate),
         soci::use(target.last_certificate), soci::use(created));
    if (execute(insert) == 0) return Error{ErrorKind::exists, "there is already a target " + target.name};
    for (const auto& [name, value] : target.tags) {
      sql << "INSERT INTO target_tags (target, name, value) VALUES (:target, :name, :value)", soci::use(target.name),
          soci::use(name), soci::use(value);
    }
    return {};
  });
}

Result<std::vector<Target>> Targets::list(const NameRange& range) {
  Conditions asked;
  TRY(asked.within(range));
  return database_.read([&](soci::session& sql) -> Result<std::vector<Target>> {
    TargetRow row;
    soci::statement select = into_row(row, asked.bind(sql.prepare << std::string(kSelectTargets) + asked.where_by_name()));
    std::vector<Target> targets;
    std::map<std::string, std::size_t> places;
    select.execute();
    while (select.fetch()) {
      targets.push_back(TRY(row.finished()));
      places[row.target.name] = targets.size() - 1;
    }
    if (targets.empty()) return targets;
    std::string target, name, value;
    const std::string first = targets.front().name, last = targets.back().name;
    soci::statement tags = (sql.prepare << "SELECT target, name, value FROM target_tags WHERE target >= :first AND target <= :last", soci::use(first), soci::use(last),
                            soci::into(target), soci::into(name), soci::into(value));
    tags.execute();
    while (tags.fetch()) {
      if (const auto place = places.find(target); place != places.end()) targets[place->second].tags[name] = value;
    }
    return targets;
  });
}

Result<Target> Targets::find(const std::string& name) {
  TRY(check_text("a target's name", name));
  return database_.read([&](soci::session& sql) -> Result<Target> {
    TargetRow row;
    soci::statement select =
        into_row(row, (sql.prepare << std::string(kSelectTargets) + " WHERE name = :name", soci::use(name)));
    if (!select.execute(true)) return unknown_target(name);
    Target target = TRY(row.finished());
    std::string tag, value;
    soci::statement tags = (sql.prepare << "SELECT name, value FROM target_tags WHERE target = :target", soci::use(name),
                            soci::into(tag), soci::into(value));
    tags.execute();
    while (tags.fetch()) target.tags[tag] = value;
    return target;
  });
}

Result<void> Targets::remove(const std::string& name) {
  TRY(check_text("a target's name", name));
  return database_.write([&](soci::session& sql) -> Result<void> {
    soci::statement erase = (sql.prepare << "DELETE FROM targets WHERE name = :name", soci::use(name));
    if (execute(erase) == 0) return unknown_target(name);
    return {};
  });
}

namespace {

// One column of one target. `value` has been checked.
template <class Value>
Result<void> set_column(Database& database, const std::string& name, const char* assignment, const Value& value) {
  TRY(check_text("a target's name", name));
  return database.write([&](soci::session& sql) -> Result<void> {
    soci::statement update = (sql.prepare << std::string("UPDATE targets SET ") + assignment + " WHERE name = :name",
                              soci::use(value), soci::use(name));
    if (execute(update) == 0) return unknown_target(name);
    return {};
  });
}

}  // namespace

Result<void> Targets::set_pin(const std::string& name, const std::string& sha256) {
  TRY(check_sha256("a target's pinned certificate", sha256));
  return set_column(database_, name, "pinned_certificate = :value", sha256);
}

Result<void> Targets::set_last_certificate(const std::string& name, const std::string& sha256) {
  TRY(check_sha256("a target's last certificate", sha256));
  return set_column(database_, name, "last_certificate = :value", sha256);
}

Result<void> Targets::set_credential_aside(const std::string& name, UtcTime now) {
  return set_column(database_, name, "credential_refused = :value", to_column(now));
}

Result<void> Targets::trust_credential(const std::string& name) {
  return set_column(database_, name, "credential_refused = :value", 0LL);
}

Result<void> Targets::set_credential(const std::string& name, const std::vector<std::byte>& wrapped) {
  return set_column(database_, name, "credential_refused = 0, wrapped_credential = :value", hex(wrapped));
}

Result<void> Targets::set_account(const std::string& name, const AccountChange& change) {
  TRY(check_text("a target's name", name));
  TRY(account_named(to_string(change.account)));
  for (const auto& text : {change.login_user, change.domain}) TRY(check_text("a target's login", text.value_or("")));
  return database_.write([&](soci::session& sql) -> Result<void> {
    std::string user, domain, credential;
    long long refused = 0;
    sql << "SELECT login_user, login_domain, wrapped_credential, credential_refused FROM targets WHERE name = :name", soci::use(name), soci::into(user), soci::into(domain),
        soci::into(credential), soci::into(refused);
    if (!sql.got_data()) return unknown_target(name);
    const std::string account = to_string(change.account), new_user = change.login_user.value_or(user), new_domain = change.domain.value_or(domain);
    const std::string new_credential = change.wrapped_credential ? hex(*change.wrapped_credential) : credential;
    if (new_user != user || new_domain != domain || new_credential != credential) refused = 0;
    sql << "UPDATE targets SET account = :account, login_user = :login_user, login_domain = :login_domain, wrapped_credential = :wrapped, credential_refused = :refused WHERE name = :name",
        soci::use(account), soci::use(new_user), soci::use(new_domain), soci::use(new_credential), soci::use(refused), soci::use(name);
    return {};
  });
}

}  // namespace frostgate::catalog
