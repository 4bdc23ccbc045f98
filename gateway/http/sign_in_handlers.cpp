#include <algorithm>
#include <array>
#include <iterator>
#include <sstream>

#include <nlohmann/json.hpp>

#include "gateway/base/log.h"
#include "gateway/http/authentication.h"
#include "gateway/http/handlers.h"
#include "gateway/http/problem.h"
#include "gateway/http/session_answer.h"
#include "gateway/serve/alarms.h"
#include "gateway/serve/audit.h"
#include "storage/catalog/sign_ins.h"
#include "storage/catalog/users.h"
#include "storage/crypto/hex.h"
#include "storage/crypto/random.h"

namespace frostgate::http {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxPassword = 1024;

json words_of(const std::vector<access::Role>& roles) {
  json out = json::array();
  for (const access::Role role : roles) out.push_back(catalog::to_string(role));
  return out;
}

json session_json(const access::Caller& caller) {
  const std::vector<access::Role> roles = caller.entitlements.roles();
  std::vector<access::Role> everywhere;
  std::copy_if(roles.begin(), roles.end(), std::back_inserter(everywhere), [&](access::Role role) { return caller.entitlements.everywhere(role); });
  return {{"user", caller.user},
          {"roles", words_of(roles)},
          {"everywhere", words_of(everywhere)},
          {"csrf", caller.csrf.empty() ? json(nullptr) : json(caller.csrf)},
          {"idle_until", serve::to_text(caller.idle_until)},
          {"ends", serve::to_text(caller.ends)},
          {"totp", caller.second_factor}};
}

// What a session without password may not change: a token that leaked would become a way in for ever.
Result<void> must_be_session(const Call& call) {
  if (!call.caller.session.empty()) return {};
  return Error{ErrorKind::denied, "this needs a sign-in, not a token"};
}

// Of what a signed-in user changed of their own.
void note_change(const Call& call, const char* what, json details = json::object()) {
  details["request"] = what;
  serve::note(call.core, catalog::LedgerEvent::configuration, call.caller.user, call.caller.user, details, call.now);
}

Response wrong_credentials() { return problem(401, "wrong_credentials", "The user name, password or code is wrong."); }

json token_json(const catalog::ApiToken& token) {
  json roles = json::array();
  std::istringstream words(token.roles);
  for (std::string word; words >> word;) roles.push_back(word);
  return {{"id", token.id},
          {"user", token.user},
          {"name", token.name},
          {"roles", std::move(roles)},
          {"created", serve::to_text(token.created)},
          {"expires", serve::to_text(token.expires)},
          {"used", token.used ? json(serve::to_text(*token.used)) : json(nullptr)}};
}

}  // namespace

Response signed_in(const access::SignedIn& signed_in) {
  Response out = json_response(201, session_json(signed_in.caller));
  out.headers.emplace_back("Set-Cookie", set_cookie(signed_in.cookie.text()));
  return out;
}

Result<void> note_sign_in(const Call& call, const std::string& user, const std::string& refused) {
  call.core.measures.sign_in("https", refused.empty());
  json details{{"accepted", refused.empty()}, {"address", call.request.peer}, {"front", "https"}};
  if (!refused.empty()) details["why"] = refused;
  return serve::audit(call.core, catalog::LedgerEvent::login, user, refused.empty() ? user : "", details, call.now);
}

Result<Response> setup_state(Call& call) {
  const bool needed = TRY(call.core.web_access->needs_setup());
  return json_response(200, {{"needed", needed}});
}

Result<Response> set_up(Call& call) {
  Body body = TRY(Body::of(call.request));
  const std::string secret = TRY(body.text("token", 64));
  const std::string user = TRY(body.text("user", 64));
  const Secret password = TRY(body.secret("password", kMaxPassword));
  TRY(body.finish());
  const auto made = call.core.web_access->set_up(secret, user, password, call.request.peer, call.now);
  if (made) {
    serve::note(call.core, catalog::LedgerEvent::configuration, user, user, {{"request", "set_up"}, {"role", "admin"}, {"address", call.request.peer}}, call.now);
    return signed_in(made.value());
  }
  if (made.error().kind == ErrorKind::timeout) return problem(429, "too_many_tries", "Too many tries. Wait a minute.");
  return made.error();
}

Result<Response> who_am_i(Call& call) { return json_response(200, session_json(call.caller)); }

Result<Response> sign_in(Call& call) {
  Body body = TRY(Body::of(call.request));
  const std::string user = TRY(body.text("user", 256));
  const Secret password = TRY(body.secret("password", kMaxPassword));
  const std::string code = TRY(body.text_or("code", 32, ""));
  TRY(body.finish());
  const auto result = call.core.web_access->sign_in(user, password, code, call.request.peer, call.now);
  if (result) {
    if (result.value()) {
      TRY(note_sign_in(call, result.value()->caller.user, ""));
      return signed_in(*result.value());
    }
    return problem(401, "totp_needed", "The code of the second factor is needed.");
  }
  log::info("-", "http: sign-in from {}: {}", call.request.peer, result.error().message);
  if (result.error().kind == ErrorKind::denied) {
    // A name that nobody has may be a password in the wrong field, and the audit log keeps what it is told.
    const bool known = catalog::Users(*call.core.catalog).find(user).has_value();
    TRY(note_sign_in(call, known ? user : "somebody unknown", result.error().message));
    return wrong_credentials();
  }
  if (result.error().kind == ErrorKind::timeout) serve::alert_brute_force(call.core, call.request.peer, result.error().message, call.now);
  if (result.error().kind == ErrorKind::timeout) return problem(429, "too_many_tries", "Too many tries. Wait a minute.");
  return result.error();
}

namespace {

// Where the user's identity provider ends its own session; empty: there is none, or it cannot.
Result<std::string> sign_out_at_provider(const Call& call) {
  const catalog::User user = TRY(catalog::Users(*call.core.catalog).find(call.caller.user));
  const oidc::Provider* const provider = oidc::provider_named(call.core.providers, user.provider);
  if (!provider) return std::string();
  std::array<std::byte, 16> state{};
  TRY(storage::random_bytes(state));
  return provider->sign_out_url(storage::to_hex(state));
}

}  // namespace

Result<Response> sign_out(Call& call) {
  TRY(must_be_session(call));
  TRY(catalog::WebSessions(*call.core.catalog).end(call.caller.session, call.caller.user));
  serve::note(call.core, catalog::LedgerEvent::login, call.caller.user, call.caller.user, {{"signed_out", true}, {"address", call.request.peer}, {"front", "https"}}, call.now);
  // Signed out here it is in any case.
  const Result<std::string> there = sign_out_at_provider(call);
  Response out = there && !there.value().empty() ? json_response(200, {{"provider_url", there.value()}}) : no_content();
  out.headers.emplace_back("Set-Cookie", set_cookie(""));
  return out;
}

Result<Response> change_password(Call& call) {
  TRY(must_be_session(call));
  Body body = TRY(Body::of(call.request));
  const Secret current = TRY(body.secret("current", kMaxPassword));
  const Secret fresh = TRY(body.secret("password", kMaxPassword));
  TRY(body.finish());
  TRY(call.core.web_access->change_password(call.caller, current, fresh, call.request.peer, call.now));
  note_change(call, "change_password");
  return no_content();
}

Result<Response> begin_totp(Call& call) {
  TRY(must_be_session(call));
  const auto secret = TRY(call.core.web_access->begin_totp(call.caller.user, call.now));
  return json_response(201, {{"secret", secret.base32}, {"uri", secret.uri}});
}

Result<Response> confirm_totp(Call& call) {
  TRY(must_be_session(call));
  Body body = TRY(Body::of(call.request));
  const std::string code = TRY(body.text("code", 6));
  TRY(body.finish());
  const auto codes = TRY(call.core.web_access->confirm_totp(call.caller.user, code, call.now));
  note_change(call, "confirm_totp");
  return json_response(200, {{"recovery_codes", codes}});
}

Result<Response> web_sessions(Call& call) {
  json items = json::array();
  for (const auto& session : TRY(catalog::WebSessions(*call.core.catalog).list(call.caller.user))) {
    items.push_back({{"id", session.id},
                     {"created", serve::to_text(session.created)},
                     {"seen", serve::to_text(session.seen)},
                     {"address", session.address},
                     {"current", session.id == call.caller.session}});
  }
  return json_response(200, {{"items", std::move(items)}});
}

Result<Response> end_web_session(Call& call) {
  TRY(must_be_session(call));
  TRY(catalog::WebSessions(*call.core.catalog).end(call.path.at("id"), call.caller.user));
  return no_content();
}

Result<Response> tokens(Call& call) {
  const bool all = call.caller.entitlements.everywhere(access::Role::admin);
  json items = json::array();
  for (const auto& token : TRY(catalog::ApiTokens(*call.core.catalog).list(all ? "" : call.caller.user))) items.push_back(token_json(token));
  return json_response(200, {{"items", std::move(items)}});
}

Result<Response> create_token(Call& call) {
  TRY(must_be_session(call));
  Body body = TRY(Body::of(call.request));
  const std::string name = TRY(body.text("name", 64));
  if (name.empty()) return Error{ErrorKind::invalid, "member \"name\" must not be empty"};
  std::vector<access::Role> roles;
  for (const std::string& word : TRY(body.texts("roles", 16))) roles.push_back(TRY(catalog::role_named(word)));
  const std::int64_t days = TRY(body.number_or("days", 0, 1, 366));
  TRY(body.finish());
  if (roles.empty() || days == 0) return Error{ErrorKind::invalid, "a token needs \"roles\" and \"days\""};
  const auto issued = TRY(call.core.web_access->issue_token(call.caller.user, name, roles, std::chrono::hours(24 * days), call.now));
  catalog::ApiToken token{issued.id, call.caller.user, name, "", call.now, call.now + std::chrono::hours(24 * days), std::nullopt};
  json out = token_json(token);
  out["roles"] = words_of(roles);
  out["value"] = issued.value;
  note_change(call, "create_token", {{"id", issued.id}, {"name", name}, {"roles", words_of(roles)}, {"days", days}});
  log::info("-", "API token {} ({}) made for {}", issued.id, name, call.caller.user);
  return json_response(201, out);
}

Result<Response> revoke_token(Call& call) {
  TRY(must_be_session(call));
  const bool any = call.caller.entitlements.everywhere(access::Role::admin);
  TRY(catalog::ApiTokens(*call.core.catalog).revoke(call.path.at("id"), any ? "" : call.caller.user));
  note_change(call, "revoke_token", {{"id", call.path.at("id")}});
  return no_content();
}

}  // namespace frostgate::http
