#include "gateway/serve/admin_roles.h"

#include <sstream>

#include "gateway/access/entitlements.h"
#include "gateway/access/web_access.h"
#include "gateway/base/log.h"
#include "storage/catalog/roles.h"
#include "storage/catalog/sign_ins.h"

namespace frostgate::serve {

using nlohmann::json;

Result<AdminReply> group_add(Core& core, ipc::Message& request, UtcTime) {
  const std::string group = TRY(request.text("group", 64));
  const std::string user = TRY(request.text("user", 64));
  TRY(catalog::Groups(*core.catalog).add(group, user));
  log::info("-", "{} is in group {}", user, group);
  return AdminReply{{{"group", group}, {"user", user}}, {}};
}

Result<AdminReply> group_remove(Core& core, ipc::Message& request, UtcTime) {
  const std::string group = TRY(request.text("group", 64));
  const std::string user = TRY(request.text("user", 64));
  TRY(catalog::Groups(*core.catalog).remove(group, user));
  log::info("-", "{} is not in group {}", user, group);
  return AdminReply{{{"group", group}, {"user", user}}, {}};
}

Result<AdminReply> group_list(Core& core, ipc::Message&, UtcTime) {
  const auto groups = TRY(catalog::Groups(*core.catalog).list());
  return AdminReply{{{"groups", groups}}, {}};
}

Result<AdminReply> role_bind(Core& core, ipc::Message& request, UtcTime now) {
  catalog::RoleBinding binding;
  const std::string role = TRY(request.text("role", 16));
  binding.role = TRY(catalog::role_named(role));
  const std::string kind = TRY(request.text("subject_kind", 8));
  if (kind != "user" && kind != "group") return Error{ErrorKind::invalid, "member \"subject_kind\" must be user or group"};
  binding.subject_kind = kind == "user" ? catalog::SubjectKind::user : catalog::SubjectKind::group;
  binding.subject = TRY(request.text("subject", 256));
  binding.scope = TRY(request.text("scope", 512));
  TRY(access::Scope::parse(binding.scope));
  const std::string id = TRY(catalog::Roles(*core.catalog).bind(binding, now));
  log::warning("-", "{} {} is {} on \"{}\"", kind, binding.subject, catalog::to_string(binding.role), binding.scope);
  return AdminReply{{{"id", id}}, {}};
}

Result<AdminReply> role_unbind(Core& core, ipc::Message& request, UtcTime) {
  const std::string id = TRY(request.text("id", 64));
  TRY(catalog::Roles(*core.catalog).unbind(id));
  log::warning("-", "role binding {} was taken back", id);
  return AdminReply{{{"id", id}}, {}};
}

Result<AdminReply> role_list(Core& core, ipc::Message&, UtcTime) {
  json rows = json::array();
  for (const auto& binding : TRY(catalog::Roles(*core.catalog).list())) {
    rows.push_back({{"id", binding.id}, {"role", catalog::to_string(binding.role)}, {"subject_kind", catalog::to_string(binding.subject_kind)},
                    {"subject", binding.subject}, {"scope", binding.scope}});
  }
  return AdminReply{{{"bindings", std::move(rows)}}, {}};
}

Result<AdminReply> token_create(Core& core, ipc::Message& request, UtcTime now) {
  const std::string user = TRY(request.text("user", 64));
  const std::string name = TRY(request.text("name", 64));
  const std::int64_t days = TRY(request.number("days", 1, 366));
  std::vector<access::Role> roles;
  const std::string text = TRY(request.text("roles", 128));
  std::istringstream words(text);
  for (std::string word; words >> word;) roles.push_back(TRY(catalog::role_named(word)));
  if (name.empty() || roles.empty()) return Error{ErrorKind::invalid, "a token needs a name and one role at least"};
  const auto issued = TRY(core.web_access->issue_token(user, name, roles, std::chrono::hours(24 * days), now));
  log::info("-", "API token {} ({}) made for {}", issued.id, name, user);
  return AdminReply{{{"id", issued.id}, {"value", issued.value}, {"expires", to_text(now + std::chrono::hours(24 * days))}}, {}};
}

Result<AdminReply> token_list(Core& core, ipc::Message&, UtcTime) {
  json rows = json::array();
  for (const auto& token : TRY(catalog::ApiTokens(*core.catalog).list(""))) {
    rows.push_back({{"id", token.id}, {"user", token.user}, {"name", token.name}, {"roles", token.roles}, {"expires", to_text(token.expires)}});
  }
  return AdminReply{{{"tokens", std::move(rows)}}, {}};
}

Result<AdminReply> token_revoke(Core& core, ipc::Message& request, UtcTime) {
  const std::string id = TRY(request.text("id", 64));
  TRY(catalog::ApiTokens(*core.catalog).revoke(id, ""));
  log::info("-", "API token {} was revoked", id);
  return AdminReply{{{"id", id}}, {}};
}

}  // namespace frostgate::serve
