// Who has which role on what, and who belongs to which group. What a role lets somebody do is not the catalog's matter.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "storage/catalog/catalog.h"

namespace frostgate::catalog {

enum class Role { operator_, approver, auditor, compliance, admin };
const char* to_string(Role role);
// `invalid` for a word that is none.
Result<Role> role_named(const std::string& word);

enum class SubjectKind { user, group };
const char* to_string(SubjectKind kind);

struct RoleBinding {
  std::string id;  // given by bind()
  Role role = Role::operator_;
  SubjectKind subject_kind = SubjectKind::user;
  std::string subject;
  std::string scope;  // opaque text, at most 512 bytes
};

class Roles {
 public:
  explicit Roles(Catalog& catalog) : database_(catalog.database()) {}

  // The id. Errors: `invalid`, `exists` for the same four again, `not_found` when the subject is a user that is not there.
  Result<std::string> bind(const RoleBinding& binding, UtcTime now);
  // `not_found` for an unknown id.
  Result<void> unbind(const std::string& id);
  Result<std::vector<RoleBinding>> list();  // by id
  // Those of the user, and of the groups that the user is in.
  Result<std::vector<RoleBinding>> of_user(const std::string& user);

 private:
  Database& database_;
};

// A group is its members: it exists while it has one. Of users of a directory, that says in which groups they are as well (directory_users.h).
class Groups {
 public:
  explicit Groups(Catalog& catalog) : database_(catalog.database()) {}

  // Errors: `invalid` name, `not_found` without such a user. Adding twice, or removing who is not in, changes nothing.
  Result<void> add(const std::string& group, const std::string& user);
  Result<void> remove(const std::string& group, const std::string& user);
  Result<std::map<std::string, std::vector<std::string>>> list();  // members by group, without what a directory says
  Result<std::vector<std::string>> of_user(const std::string& user);  // of both kinds

 private:
  Database& database_;
};

}  // namespace frostgate::catalog
