#include <algorithm>
#include <cctype>

#include <nlohmann/json.hpp>

#include "gateway/base/log.h"
#include "gateway/crypto/web_socket_key.h"
#include "gateway/http/administration.h"
#include "gateway/http/handlers.h"
#include "gateway/http/name_page.h"
#include "gateway/http/problem.h"
#include "gateway/http/versions.h"
#include "gateway/serve/decision.h"
#include "storage/catalog/personal_credentials.h"

namespace frostgate::http {
namespace {

using nlohmann::json;
using access::Role;

constexpr std::int64_t kMaxTicketSeconds = 3600;

// The rule that would let the caller in, after what its gate asks; null when none does.
policy::Prospect prospect_for(const Call& call, const catalog::Target& target) {
  if (!call.caller.entitlements.covers(Role::operator_, target.name, target.tags)) return {};
  return call.policy->prospect(serve::request_to_decide(call.core, call.caller.user, target, call.request.peer, call.now));
}
const policy::Rule* rule_for(const Call& call, const catalog::Target& target) { return prospect_for(call, target).rule; }

json login_json(const catalog::PersonalCredential& own) { return {{"user", own.login_user}, {"domain", own.domain}, {"refused", time_or_null(own.refused)}}; }

// The caller's own account there, or null.
Result<json> own_login(const Call& call, const catalog::Target& target) {
  const auto own = catalog::PersonalCredentials(*call.core.catalog).find(target.name, call.caller.user);
  if (!own && own.error().kind == ErrorKind::not_found) return json(nullptr);
  if (!own) return own.error();
  return login_json(own.value());
}

Result<json> target_json(const Call& call, const catalog::Target& target) {
  const auto [rule, asks_number] = prospect_for(call, target);
  const policy::Gate gate = rule ? rule->gate(policy::GateKind::connect) : policy::Gate{};
  json out{{"name", target.name},
           {"protocol", catalog::to_string(target.protocol)},
           {"tags", target.tags},
           {"mine", rule != nullptr},
           {"account", catalog::to_string(target.account)},
           {"needs", {{"approvals", gate.needed}, {"reason", gate.reason_required}, {"ticket", rule && (asks_number || !gate.ticket.empty())}, {"consent", rule ? rule->terms.consent : ""}}}};
  if (target.account == catalog::Account::personal) out["own"] = TRY(own_login(call, target));
  if (!call.caller.entitlements.covers(Role::admin, target.name, target.tags)) return out;
  out["version"] = version_of(target);
  out["host"] = target.host;
  out["port"] = target.port;
  out["user"] = target.login_user;
  out["domain"] = target.domain;
  out["credential"] = !target.wrapped_credential.empty();
  out["credential_refused"] = target.credential_refused ? json(serve::to_text(*target.credential_refused)) : json(nullptr);
  out["pinned_certificate"] = target.pinned_certificate;
  out["last_certificate"] = target.last_certificate;
  return out;
}

bool visible(const Call& call, const catalog::Target& target) {
  return call.caller.entitlements.covers(Role::admin, target.name, target.tags) || rule_for(call, target);
}

// What a ticket opens, the policy allows when it is used; refusing now spares the user the way.
Result<catalog::Target> target_to_connect(const Call& call) {
  catalog::Target target = TRY(target_for(call, call.path.at("name"), {Role::operator_}));
  if (!rule_for(call, target)) return Error{ErrorKind::denied, "no rule of the policy lets you connect to " + target.name};
  return target;
}

serve::BrowserVisit visit_of(const Call& call, const catalog::Target& target) { return {call.caller.user, target.name, call.caller.session, call.request.peer}; }

bool lists(std::string_view list, std::string_view wanted) {
  while (!list.empty()) {
    std::string_view one = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), one.size() + 1));
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (one.size() == wanted.size() && std::equal(one.begin(), one.end(), wanted.begin(), [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; })) return true;
  }
  return false;
}

// RFC 6455 4.2.1. Of all requests that a page of another site can send with our cookie, this one would open a way in: so it must say
// that it comes from a page of ours.
Result<std::string> accepted_web_socket(const Request& request) {
  if (request.method != Method::get || !lists(request.header("upgrade"), "websocket") || !lists(request.header("connection"), "upgrade") ||
      request.header("sec-websocket-version") != "13" || !lists(request.header("sec-websocket-protocol"), "binary")) {
    return Error{ErrorKind::invalid, "this is for a WebSocket of version 13 with the subprotocol \"binary\""};
  }
  const std::string& site = request.header("sec-fetch-site");
  if (request.header("origin") != "https://" + request.header("host") || (!site.empty() && site != "same-origin")) {
    return Error{ErrorKind::denied, "a WebSocket of another site's page, or of no page"};
  }
  return crypto::web_socket_accept(request.header("sec-websocket-key"));
}

}  // namespace

Result<Response> targets(Call& call) {
  const bool mine = TRY(call.flag("mine"));
  const auto list = [&](const catalog::NameRange& range) { return catalog::Targets(*call.core.catalog).list(range); };
  return page_by_name(call, list, [&](const catalog::Target& target) -> Result<std::optional<json>> {
    if (mine ? rule_for(call, target) == nullptr : !visible(call, target)) return std::optional<json>();
    return std::optional(TRY(target_json(call, target)));
  });
}

Result<Response> target(Call& call) {
  const catalog::Target found = TRY(target_for(call, call.path.at("name"), {Role::operator_, Role::admin}));
  if (!visible(call, found)) return Error{ErrorKind::not_found, "there is no target " + found.name};
  Response out = json_response(200, TRY(target_json(call, found)));
  out.version = version_of(found);
  return out;
}

Result<Response> add_target(Call& call) {
  Body body = TRY(Body::of(call.request));
  const std::string name = TRY(body.text("name", 64));
  json wish{{"type", "target.add"}, {"name", name}};
  wish["protocol"] = TRY(body.text("protocol", 8));
  wish["host"] = TRY(body.text("host", 255));
  wish["port"] = TRY(body.number_or("port", 0, 1, 65535));
  wish["account"] = TRY(body.text_or("account", 16, "shared"));
  wish["user"] = TRY(body.text_or("user", 256, ""));
  wish["domain"] = TRY(body.text_or("domain", 256, ""));
  wish["certificate"] = TRY(body.text_or("certificate", 64, ""));
  wish["credential"] = TRY(body.text_or("credential", 1024, ""));
  const access::Tags tags = TRY(body.text_map_or_empty("tags"));
  wish["tags"] = tags;
  TRY(body.finish());
  if (!call.caller.entitlements.covers(Role::admin, name, tags)) return Error{ErrorKind::denied, "your role does not cover a target with these tags"};
  TRY(administered(call, std::move(wish)));
  const catalog::Target made = TRY(catalog::Targets(*call.core.catalog).find(name));
  return json_response(201, TRY(target_json(call, made)));
}

Result<Response> remove_target(Call& call) {
  const catalog::Target found = TRY(target_for(call, call.path.at("name"), {Role::admin}));
  TRY(administered(call, {{"type", "target.remove"}, {"name", found.name}}));
  return no_content();
}

Result<Response> set_target_credential(Call& call) {
  const catalog::Target found = TRY(target_for(call, call.path.at("name"), {Role::admin}));
  Body body = TRY(Body::of(call.request));
  const std::string credential = TRY(body.text("credential", 1024));
  TRY(body.finish());
  TRY(administered(call, {{"type", "target.credential"}, {"name", found.name}, {"credential", credential}}));
  return no_content();
}

Result<Response> set_target_account(Call& call) {
  const catalog::Target found = TRY(target_for(call, call.path.at("name"), {Role::admin}));
  Body body = TRY(Body::of(call.request));
  // Not among the braces: what they hold already is lost when TRY returns from there.
  const std::string account = TRY(body.text("account", 16));
  json wish{{"type", "target.account"}, {"name", found.name}, {"account", account}};
  if (body.has("user")) wish["user"] = TRY(body.text("user", 256));
  if (body.has("domain")) wish["domain"] = TRY(body.text("domain", 256));
  if (body.has("credential")) wish["credential"] = TRY(body.text("credential", 1024));
  TRY(body.finish());
  TRY(administered(call, std::move(wish)));
  return no_content();
}

Result<Response> personal_credentials(Call& call) {
  const catalog::Target found = TRY(target_for(call, call.path.at("name"), {Role::admin}));
  struct Owner {
    std::string name;
    json shown;
  };
  const auto list = [&](const catalog::NameRange& users) -> Result<std::vector<Owner>> {
    std::vector<Owner> out;
    for (const catalog::PersonalCredential& own : TRY(catalog::PersonalCredentials(*call.core.catalog).list(found.name, users))) {
      out.push_back({own.user, login_json(own)});
      out.back().shown["name"] = own.user;
    }
    return out;
  };
  return page_by_name(call, list, [](const Owner& owner) -> Result<std::optional<json>> { return std::optional(owner.shown); });
}

namespace {

// Everybody's own password is theirs to give; an administrator may for others.
Result<catalog::Target> target_of_own_account(const Call& call) {
  catalog::Target target = TRY(target_for(call, call.path.at("name"), {Role::operator_, Role::admin}));
  if (call.caller.entitlements.covers(Role::admin, target.name, target.tags)) return target;
  if (!rule_for(call, target)) return Error{ErrorKind::not_found, "there is no target " + target.name};
  if (call.path.at("user") != call.caller.user) return Error{ErrorKind::denied, "you may give the password of your own account only"};
  return target;
}

}  // namespace

Result<Response> set_personal_credential(Call& call) {
  const catalog::Target found = TRY(target_of_own_account(call));
  Body body = TRY(Body::of(call.request));
  const std::string user = TRY(body.text("user", 256)), domain = TRY(body.text_or("domain", 256, "")), credential = TRY(body.text("credential", 1024));
  TRY(body.finish());
  TRY(administered(call, {{"type", "target.credential"}, {"name", found.name}, {"of", call.path.at("user")}, {"user", user}, {"domain", domain}, {"credential", credential}}));
  return no_content();
}

Result<Response> withdraw_personal_credential(Call& call) {
  const catalog::Target found = TRY(target_of_own_account(call));
  TRY(administered(call, {{"type", "target.forget_credential"}, {"name", found.name}, {"of", call.path.at("user")}}));
  return no_content();
}

Result<Response> test_target(Call& call) {
  const catalog::Target found = TRY(target_for(call, call.path.at("name"), {Role::admin}));
  json wish{{"type", "target.test"}, {"name", found.name}};
  if (const auto of = call.query.find("of"); of != call.query.end()) wish["of"] = of->second;
  const serve::AdminReply tried = TRY(administered(call, std::move(wish)));
  return json_response(200, tried.body);
}

Result<Response> pin_target(Call& call) {
  const catalog::Target found = TRY(target_for(call, call.path.at("name"), {Role::admin}));
  Body body = TRY(Body::of(call.request));
  const std::string certificate = TRY(body.text("certificate", 64));
  TRY(body.finish());
  TRY(administered(call, {{"type", "target.pin"}, {"name", found.name}, {"certificate", certificate}}));
  return no_content();
}

Result<Response> issue_ticket(Call& call) {
  const catalog::Target found = TRY(target_to_connect(call));
  Body body = TRY(Body::of(call.request));
  const std::string front = TRY(body.text("front", 8));
  const std::int64_t seconds = TRY(body.number_or("seconds", 60, 1, kMaxTicketSeconds));
  TRY(body.finish());
  const auto issued = TRY(administered(call, {{"type", "ticket.issue"}, {"user", call.caller.user}, {"target", found.name}, {"seconds", seconds}, {"front", front}, {"source_address", ""}}));
  const std::uint16_t port = front == "rdp" ? call.core.rdp_port : call.core.vnc_port;
  return json_response(201, {{"value", issued.body.at("ticket")},
                             {"login", call.caller.user + "@" + found.name},
                             {"target", found.name},
                             {"expires", issued.body.at("expires")},
                             {"address", own_host(call) + ":" + std::to_string(port)}});
}

Result<Response> rdp_file(Call& call) {
  const catalog::Target found = TRY(target_to_connect(call));
  if (call.core.rdp_port == 0) return Error{ErrorKind::unavailable, "the gateway does not listen for RDP clients"};
  const std::string address = own_host(call) + ":" + std::to_string(call.core.rdp_port);
  const auto issued = TRY(administered(call, {{"type", "ticket.issue"}, {"user", call.caller.user}, {"target", found.name}, {"seconds", 60}, {"front", "rdp"}, {"source_address", ""}, {"rdp_file", "one-click"}, {"address", address}}));
  const std::vector<std::byte> file = TRY(ipc::from_memory_file(issued.descriptors.at(0), std::size_t{1} << 20));
  Response out;
  out.status = 200;
  out.headers = {{"Content-Type", "application/x-rdp"}, {"Content-Disposition", "attachment; filename=\"" + found.name + ".rdp\""}};
  out.body = std::string(reinterpret_cast<const char*>(file.data()), file.size());
  return out;
}

Result<Response> issue_screen_ticket(Call& call) {
  const catalog::Target found = TRY(target_to_connect(call));
  if (call.caller.session.empty()) return Error{ErrorKind::denied, "this needs a sign-in, not a token"};
  const std::string ticket = TRY(call.core.browser_door.issue(visit_of(call, found), call.now));
  const policy::SessionTerms& terms = rule_for(call, found)->terms;
  return json_response(201, {{"ticket", ticket}, {"clipboard", {{"to_target", terms.clipboard_to_target.text}, {"to_client", terms.clipboard_to_client.text}}}});
}

Result<Response> screen(Call& call) {
  const catalog::Target found = TRY(target_to_connect(call));
  return upgraded_to_screen(call, visit_of(call, found));
}

Result<Response> upgraded_to_screen(Call& call, const serve::BrowserVisit& visit) {
  const std::string accept = TRY(accepted_web_socket(call.request));
  const auto ticket = call.query.find("ticket");
  Descriptor session = TRY(call.core.browser_door.enter(ticket == call.query.end() ? "" : ticket->second, visit, call.now));
  Response out;
  out.status = 101;
  out.headers = {{"Upgrade", "websocket"}, {"Connection", "Upgrade"}, {"Sec-WebSocket-Accept", accept}, {"Sec-WebSocket-Protocol", "binary"}};
  out.body = Upgrade{std::make_shared<Descriptor>(std::move(session))};
  return out;
}

}  // namespace frostgate::http
