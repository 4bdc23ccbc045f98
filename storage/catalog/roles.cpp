#include "storage/catalog/roles.h"

#include "storage/catalog/columns.h"
#include "storage/catalog/database.h"

namespace frostgate::catalog {
namespace {

constexpr Role kRoles[] = {Role::operator_, Role::approver, Role::auditor, Role::compliance, Role::admin};
constexpr SubjectKind kSubjectKinds[] = {SubjectKind::user, SubjectKind::group};
constexpr std::size_t kMaxScope = 512;
constexpr const char* kSelectBindings = "SELECT b.id, b.role, b.subject_kind, b.subject, b.scope FROM role_bindings b";

Result<void> check_user(soci::session& sql, const std::string& name) {
  long long known = 0;
  sql << "SELECT CAST(COUNT(*) AS BIGINT) FROM users WHERE name = :name", soci::use(name), soci::into(known);
  if (known == 0) return Error{ErrorKind::not_found, "there is no user " + name};
  return {};
}

struct BindingRow {
  RoleBinding binding;
  std::string role, kind;

  Result<RoleBinding> finished() {
    binding.role = TRY(from_word(role, kRoles));
    binding.subject_kind = TRY(from_word(kind, kSubjectKinds));
    return binding;
  }
};

Result<std::vector<RoleBinding>> fetch_all(soci::statement& select, BindingRow& row) {
  std::vector<RoleBinding> out;
  select.execute();
  while (select.fetch()) out.push_back(TRY(row.finished()));
  return out;
}

}  // namespace

const char* to_string(Role role) {
  switch (role) {
    case Role::operator_: return "operator";
    case Role::approver: return "approver";
    case Role::auditor: return "auditor";
    case Role::compliance: return "compliance";
    case Role::admin: return "admin";
  }
  return "";
}

Result<Role> role_named(const std::string& word) {
  for (const Role role : kRoles) {
    if (word == to_string(role)) return role;
  }
  return Error{ErrorKind::invalid, "there is no role \"" + readable(word) + "\"; the roles are operator, approver, auditor, compliance and admin"};
}

const char* to_string(SubjectKind kind) { return kind == SubjectKind::user ? "user" : "group"; }

Result<std::string> Roles::bind(const RoleBinding& binding, UtcTime now) {
  if (binding.subject_kind == SubjectKind::user) TRY(check_name("the name of who gets a role", binding.subject));
  else TRY(check_group_name(binding.subject));
  TRY(check_text("a role's scope", binding.scope));
  if (binding.scope.size() > kMaxScope) return Error{ErrorKind::invalid, "a role's scope has at most 512 bytes"};
  const std::string role = to_string(binding.role), kind = to_string(binding.subject_kind);
  const long long created = to_column(now);
  return database_.write([&](soci::session& sql) -> Result<std::string> {
    if (binding.subject_kind == SubjectKind::user) TRY(check_user(sql, binding.subject));
    const std::string id = "b" + std::to_string(next_number(sql, "role_binding"));
    soci::statement insert = (sql.prepare << "INSERT INTO role_bindings (id, role, subject_kind, subject, scope, created)"
                                             " VALUES (:id, :role, :kind, :subject, :scope, :created) ON CONFLICT DO NOTHING",
                              soci::use(id), soci::use(role), soci::use(kind), soci::use(binding.subject), soci::use(binding.scope), soci::use(created));
    if (execute(insert) == 0) return Error{ErrorKind::exists, kind + " " + binding.subject + " has the role " + role + " on \"" + binding.scope + "\" already"};
    return id;
  });
}

Result<void> Roles::unbind(const std::string& id) {
  TRY(check_text("a role binding's id", id));
  return database_.write([&](soci::session& sql) -> Result<void> {
    soci::statement remove = (sql.prepare << "DELETE FROM role_bindings WHERE id = :id", soci::use(id));
    if (execute(remove) == 0) return Error{ErrorKind::not_found, "there is no role binding " + id};
    return {};
  });
}

Result<std::vector<RoleBinding>> Roles::list() {
  return database_.read([](soci::session& sql) -> Result<std::vector<RoleBinding>> {
    BindingRow row;
    soci::statement select =
        (sql.prepare << std::string(kSelectBindings) + " ORDER BY b.created, b.id", soci::into(row.binding.id), soci::into(row.role), soci::into(row.kind),
         soci::into(row.binding.subject), soci::into(row.binding.scope));
    return fetch_all(select, row);
  });
}

Result<std::vector<RoleBinding>> Roles::of_user(const std::string& user) {
  TRY(check_text("a user's name", user));
  return database_.read([&](soci::session& sql) -> Result<std::vector<RoleBinding>> {
    BindingRow row;
    soci::statement select =
        (sql.prepare << std::string(kSelectBindings) +
                            " WHERE (b.subject_kind = 'user' AND b.subject = :user_name) OR (b.subject_kind = 'group' AND b.subject IN"
                            " (SELECT m.group_name FROM group_members m WHERE m.user_name = :member UNION"
                            " SELECT d.group_name FROM directory_groups d WHERE d.user_name = :known)) ORDER BY b.created, b.id",
         soci::use(user), soci::use(user), soci::use(user), soci::into(row.binding.id), soci::into(row.role), soci::into(row.kind), soci::into(row.binding.subject),
         soci::into(row.binding.scope));
    return fetch_all(select, row);
  });
}

Result<void> Groups::add(const std::string& group, const std::string& user) {
  TRY(check_name("a group's name", group));
  TRY(check_text("a user's name", user));
  return database_.write([&](soci::session& sql) -> Result<void> {
    TRY(check_user(sql, user));
    sql << "INSERT INTO group_members (group_name, user_name) VALUES (:group_name, :user_name) ON CONFLICT DO NOTHING", soci::use(group), soci::use(user);
    return {};
  });
}

Result<void> Groups::remove(const std::string& group, const std::string& user) {
  TRY(check_text("a group's name", group));
  TRY(check_text("a user's name", user));
  return database_.write([&](soci::session& sql) -> Result<void> {
    sql << "DELETE FROM group_members WHERE group_name = :group_name AND user_name = :user_name", soci::use(group), soci::use(user);
    return {};
  });
}

Result<std::map<std::string, std::vector<std::string>>> Groups::list() {
  return database_.read([](soci::session& sql) -> Result<std::map<std::string, std::vector<std::string>>> {
    std::string group, user;
    soci::statement select =
        (sql.prepare << "SELECT group_name, user_name FROM group_members ORDER BY group_name, user_name", soci::into(group), soci::into(user));
    std::map<std::string, std::vector<std::string>> out;
    select.execute();
    while (select.fetch()) out[group].push_back(user);
    return out;
  });
}

Result<std::vector<std::string>> Groups::of_user(const std::string& user) {
  TRY(check_text("a user's name", user));
  return database_.read([&](soci::session& sql) -> Result<std::vector<std::string>> {
    std::string group;
    soci::statement select =
        (sql.prepare << "SELECT group_name FROM group_members WHERE user_name = :member UNION SELECT group_name FROM directory_groups WHERE user_name = :known"
                        " ORDER BY group_name",
         soci::use(user), soci::use(user), soci::into(group));
    std::vector<std::string> out;
    select.execute();
    while (select.fetch()) out.push_back(group);
    return out;
  });
}

}  // namespace frostgate::catalog
