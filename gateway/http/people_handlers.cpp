#include <algorithm>

#include <nlohmann/json.hpp>

#include "gateway/base/log.h"
#include "gateway/crypto/passwords.h"
#include "gateway/http/administration.h"
#include "gateway/http/handlers.h"
#include "gateway/http/name_page.h"
#include "gateway/http/versions.h"
#include "storage/catalog/roles.h"
#include "storage/catalog/sign_ins.h"
#include "storage/catalog/users.h"

namespace frostgate::http {
namespace {

using nlohmann::json;
using access::Role;

// Whoever hands out roles could hand out every one: that takes an administrator of everything.
Result<void> must_cover_all(const Call& call) {
  if (call.caller.entitlements.everywhere(Role::admin)) return {};
  return Error{ErrorKind::denied, "this takes an administrator whose scope is everything"};
}

// Nobody gives rights to themself: whoever administers alone does not watch, and does not approve.
Result<void> not_oneself(const Call& call, const std::string& user) {
  if (user != call.caller.user) return {};
  return Error{ErrorKind::denied, "nobody changes their own rights; another administrator does"};
}

Result<json> user_json(const Call& call, const catalog::User& user) {
  const access::Entitlements may = TRY(access::entitlements_of(*call.core.catalog, user.name));
  json roles = json::array();
  for (const Role role : may.roles()) roles.push_back(catalog::to_string(role));
  const auto factor = catalog::SecondFactors(*call.core.catalog).find(user.name);
  const bool second_factor = factor && factor.value().confirmed;
  return json{{"name", user.name},
              {"disabled", user.disabled},
              {"password", !user.password_hash.empty()},
              {"totp", second_factor},
              {"created", serve::to_text(user.created)},
              {"roles", std::move(roles)},
              {"groups", may.groups},
              {"version", version_of(user, second_factor)}};
}

json binding_json(const catalog::RoleBinding& binding) {
  return {{"id", binding.id}, {"role", catalog::to_string(binding.role)}, {"subject_kind", catalog::to_string(binding.subject_kind)}, {"subject", binding.subject},
          {"scope", binding.scope}};
}

}  // namespace

Result<Response> users(Call& call) {
  const auto list = [&](const catalog::NameRange& range) { return catalog::Users(*call.core.catalog).list(range); };
  return page_by_name(call, list, [&](const catalog::User& user) -> Result<std::optional<json>> {
    json one = TRY(user_json(call, user));
    return std::optional(std::move(one));
  });
}

Result<Response> add_user(Call& call) {
  TRY(must_cover_all(call));
  Body body = TRY(Body::of(call.request));
  const std::string name = TRY(body.text("name", 64));
  const bool given = body.has("password");
  const std::string password = TRY(body.text_or("password", 1024, ""));
  TRY(body.finish());
  if (given) TRY(access::check_new_password(name, Secret::from_text(password)));
  TRY(administered(call, {{"type", "user.add"}, {"name", name}, {"password", password}}));
  const catalog::User made = TRY(catalog::Users(*call.core.catalog).find(name));
  const json out = TRY(user_json(call, made));
  return json_response(201, out);
}

Result<Response> disable_user(Call& call) {
  TRY(must_cover_all(call));
  const std::string& name = call.path.at("name");
  if (name == call.caller.user) return Error{ErrorKind::denied, "you cannot disable yourself"};
  TRY(administered(call, {{"type", "user.disable"}, {"name", name}}));
  TRY(catalog::WebSessions(*call.core.catalog).end_others(name, ""));
  for (const auto& token : TRY(catalog::ApiTokens(*call.core.catalog).list(name))) TRY(catalog::ApiTokens(*call.core.catalog).revoke(token.id, name));
  return no_content();
}

Result<Response> enable_user(Call& call) {
  TRY(must_cover_all(call));
  TRY(administered(call, {{"type", "user.enable"}, {"name", call.path.at("name")}}));
  return no_content();
}

Result<Response> set_user_password(Call& call) {
  TRY(must_cover_all(call));
  Body body = TRY(Body::of(call.request));
  const std::string password = TRY(body.text("password", 1024));
  TRY(body.finish());
  // One's own is changed by who knows it.
  if (call.path.at("name") == call.caller.user) return Error{ErrorKind::denied, "change your own password by giving the one you have"};
  TRY(administered(call, {{"type", "user.password"}, {"name", call.path.at("name")}, {"password", password}}));
  return no_content();
}

Result<Response> drop_second_factor(Call& call) {
  TRY(must_cover_all(call));
  TRY(not_oneself(call, call.path.at("name")));
  TRY(administered(call, {{"type", "user.drop_second_factor"}, {"name", call.path.at("name")}}));
  return no_content();
}

Result<Response> groups(Call& call) {
  json items = json::array();
  for (const auto& [name, members] : TRY(catalog::Groups(*call.core.catalog).list())) items.push_back({{"name", name}, {"members", members}, {"version", version_of(members)}});
  return json_response(200, {{"items", std::move(items)}});
}

Result<Response> add_member(Call& call) {
  TRY(must_cover_all(call));
  TRY(not_oneself(call, call.path.at("user")));
  TRY(administered(call, {{"type", "group.add"}, {"group", call.path.at("name")}, {"user", call.path.at("user")}}));
  return no_content();
}

Result<Response> remove_member(Call& call) {
  TRY(must_cover_all(call));
  TRY(administered(call, {{"type", "group.remove"}, {"group", call.path.at("name")}, {"user", call.path.at("user")}}));
  return no_content();
}

Result<Response> role_bindings(Call& call) {
  const std::vector<catalog::RoleBinding> bindings = TRY(catalog::Roles(*call.core.catalog).list());
  json items = json::array();
  for (const auto& binding : bindings) items.push_back(binding_json(binding));
  Response out = json_response(200, {{"items", std::move(items)}, {"version", version_of(bindings)}});
  out.version = version_of(bindings);
  return out;
}

Result<Response> bind_role(Call& call) {
  TRY(must_cover_all(call));
  Body body = TRY(Body::of(call.request));
  json wish{{"type", "role.bind"}};
  for (const char* name : {"role", "subject_kind", "subject", "scope"}) wish[name] = TRY(body.text(name, 512));
  TRY(body.finish());
  const auto& own = call.caller.entitlements.groups;
  const std::string subject = wish["subject"];
  if (wish["subject_kind"] == "user") TRY(not_oneself(call, subject));
  else if (std::find(own.begin(), own.end(), subject) != own.end()) TRY(not_oneself(call, call.caller.user));
  const serve::AdminReply reply = TRY(administered(call, wish));
  wish.erase("type");
  wish["id"] = reply.body.at("id");
  return json_response(201, wish);
}

Result<Response> unbind_role(Call& call) {
  TRY(must_cover_all(call));
  TRY(administered(call, {{"type", "role.unbind"}, {"id", call.path.at("id")}}));
  return no_content();
}

}  // namespace frostgate::http
