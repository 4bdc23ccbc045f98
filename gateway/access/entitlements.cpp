#include "gateway/access/entitlements.h"

#include <algorithm>
#include <sstream>

#include "gateway/policy/pattern.h"

namespace frostgate::access {
namespace {

constexpr std::size_t kMaxTerms = 64;

Error bad_scope(const std::string& what) {
  return {ErrorKind::invalid, "a scope is \"*\", or terms TAG=VALUE joined by \"and\" and \"or\"; " + what};
}

bool alternative_covers(const Scope::Alternative& alternative, const std::string& target, const Tags& tags) {
  if (!policy::matches(alternative.target, target)) return false;
  return std::all_of(alternative.tags.begin(), alternative.tags.end(), [&](const auto& term) {
    const auto have = tags.find(term.first);
    return have != tags.end() && policy::matches(term.second, have->second);
  });
}

Result<void> add_term(Scope::Alternative& alternative, const std::string& word) {
  const std::size_t equals = word.find('=');
  if (equals == 0 || equals == std::string::npos || equals + 1 == word.size()) return bad_scope("\"" + word + "\" is no term");
  const std::string name = word.substr(0, equals), pattern = word.substr(equals + 1);
  if (name.find_first_of("!<>*") != std::string::npos) return bad_scope("\"" + name + "\" is no tag's name");
  if (name == "target" ? alternative.target != "*" : alternative.tags.contains(name)) return bad_scope(name + " stands twice between two \"or\"");
  if (name == "target") alternative.target = pattern;
  else alternative.tags.emplace(name, pattern);
  return {};
}

}  // namespace

Result<Scope> Scope::parse(const std::string& text) {
  Scope out;
  std::istringstream words(text);
  std::vector<std::string> all;
  for (std::string word; words >> word;) all.push_back(word);
  if (all == std::vector<std::string>{"*"}) {
    out.alternatives_.emplace_back();
    return out;
  }
  if (all.empty()) return bad_scope("it is empty");
  if (all.size() % 2 == 0 || all.size() > 2 * kMaxTerms) return bad_scope("this is none: \"" + text + "\"");
  out.alternatives_.emplace_back();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i % 2 == 0) TRY(add_term(out.alternatives_.back(), all[i]));
    else if (all[i] == "or") out.alternatives_.emplace_back();
    else if (all[i] != "and") return bad_scope("\"" + all[i] + "\" stands where \"and\" or \"or\" must");
  }
  return out;
}

bool Scope::covers(const std::string& target, const Tags& tags) const {
  return std::any_of(alternatives_.begin(), alternatives_.end(), [&](const Alternative& one) { return alternative_covers(one, target, tags); });
}

void Entitlements::restrict_to(const std::vector<Role>& roles) {
  std::erase_if(granted_, [&](const auto& entry) { return std::find(roles.begin(), roles.end(), entry.first) == roles.end(); });
}

bool Entitlements::has(Role role) const {
  return std::any_of(granted_.begin(), granted_.end(), [&](const auto& entry) { return entry.first == role; });
}

bool Entitlements::covers(Role role, const std::string& target, const Tags& tags) const {
  return std::any_of(granted_.begin(), granted_.end(), [&](const auto& entry) { return entry.first == role && entry.second.covers(target, tags); });
}

bool Entitlements::everywhere(Role role) const {
  return std::any_of(granted_.begin(), granted_.end(), [&](const auto& entry) {
    const auto& ways = entry.second.alternatives();
    return entry.first == role && std::any_of(ways.begin(), ways.end(), [](const auto& way) { return way.target == "*" && way.tags.empty(); });
  });
}

std::vector<Role> Entitlements::roles() const {
  std::vector<Role> out;
  for (const Role role : {Role::operator_, Role::approver, Role::auditor, Role::compliance, Role::admin}) {
    if (has(role)) out.push_back(role);
  }
  return out;
}

bool Entitlements::may_watch(const std::string& target, const Tags& tags) const {
  return covers(Role::auditor, target, tags) || covers(Role::compliance, target, tags);
}

catalog::WatchRights Entitlements::watch_rights() const {
  catalog::WatchRights out;
  for (const auto& [role, scope] : granted_) {
    if (role != Role::auditor && role != Role::compliance) continue;
    for (const Scope::Alternative& one : scope.alternatives()) out.scopes.push_back({{"*"}, {one.target}, one.tags});
  }
  return out;
}

Result<Entitlements> entitlements_of(catalog::Catalog& catalog, const std::string& user) {
  Entitlements out;
  out.groups = TRY(catalog::Groups(catalog).of_user(user));
  for (const catalog::RoleBinding& binding : TRY(catalog::Roles(catalog).of_user(user))) {
    Result<Scope> scope = Scope::parse(binding.scope);
    if (scope) out.grant(binding.role, std::move(scope).value());
  }
  return out;
}

}  // namespace frostgate::access
