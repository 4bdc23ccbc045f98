// What somebody may do, from the roles that they or their groups are bound to. A role is scoped by a tag expression over targets:
//
//   scope = "*" | term { "and" term } { "or" term { "and" term } }       "and" binds closer
//   term  = NAME "=" PATTERN                                              "*" in a pattern is any run of characters
//
// `target=PATTERN` is the target's own name, every other name a tag. Pure but for entitlements_of(). The zero value may nothing.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "codec/base/result.h"
#include "storage/catalog/catalog.h"
#include "storage/catalog/roles.h"
#include "storage/catalog/watch_rights.h"

namespace frostgate::access {

using catalog::Role;
using Tags = std::map<std::string, std::string>;

class Scope {
 public:
  // Error: invalid, with what was expected.
  static Result<Scope> parse(const std::string& text);
  bool covers(const std::string& target, const Tags& tags) const;

  // Of one of them all terms must match.
  struct Alternative {
    std::string target = "*";
    Tags tags;
  };
  const std::vector<Alternative>& alternatives() const { return alternatives_; }

 private:
  std::vector<Alternative> alternatives_;
};

class Entitlements {
 public:
  void grant(Role role, Scope scope) { granted_.emplace_back(role, std::move(scope)); }
  // Takes away every role that is not one of these.
  void restrict_to(const std::vector<Role>& roles);

  bool has(Role role) const;  // on some targets at least
  bool covers(Role role, const std::string& target, const Tags& tags) const;
  bool everywhere(Role role) const;
  std::vector<Role> roles() const;
  // Auditors and compliance officers watch; an administrator as such does not.
  bool may_watch(const std::string& target, const Tags& tags) const;
  catalog::WatchRights watch_rights() const;

  std::vector<std::string> groups;

 private:
  std::vector<std::pair<Role, Scope>> granted_;
};

// A stored scope that cannot be read any more covers nothing.
Result<Entitlements> entitlements_of(catalog::Catalog& catalog, const std::string& user);

}  // namespace frostgate::access
