// Signing in at an identity provider: the portal sends the browser there, and brings back what it was sent back with.
#include <nlohmann/json.hpp>

#include "gateway/base/log.h"
#include "gateway/http/authentication.h"
#include "gateway/http/handlers.h"
#include "gateway/http/problem.h"
#include "gateway/http/session_answer.h"
#include "gateway/serve/alarms.h"

namespace frostgate::http {
namespace {

using nlohmann::json;

constexpr const char* kJourneyCookie = "__Host-frostgate-sign-in";

std::string journey_cookie(std::string_view value) { return set_cookie(kJourneyCookie, value, access::kProviderLimit); }

Result<Response> refused(Call& call, const Error& error, bool second_factor) {
  log::info("-", "http: sign-in at a provider, from {}: {}", call.request.peer, error.message);
  if (error.kind == ErrorKind::timeout) {
    serve::alert_brute_force(call.core, call.request.peer, error.message, call.now);
    return problem(429, "too_many_tries", "Too many tries. Wait a while.");
  }
  if (error.kind != ErrorKind::denied && error.kind != ErrorKind::invalid && error.kind != ErrorKind::unsupported) return error;
  TRY(note_sign_in(call, "", error.message));
  if (second_factor) return problem(401, "wrong_credentials", "The code is wrong.");
  return problem(401, "provider_refused", "The answer of the identity provider was not accepted.");
}

}  // namespace

Result<Response> sign_in_providers(Call& call) {
  json items = json::array();
  for (const auto& provider : call.core.providers) items.push_back({{"name", provider->settings().name}, {"label", provider->settings().label}});
  return json_response(200, {{"items", std::move(items)}});
}

Result<Response> begin_provider_sign_in(Call& call) {
  // An empty object: no form of another site can send it.
  const Body body = TRY(Body::of(call.request));
  TRY(body.finish());
  const auto departure = TRY(call.core.web_access->begin_at_provider(call.path.at("name"), call.now));
  Response out = json_response(201, {{"url", departure.url}});
  out.headers.emplace_back("Set-Cookie", journey_cookie(departure.cookie));
  return out;
}

Result<Response> finish_provider_sign_in(Call& call) {
  Body body = TRY(Body::of(call.request));
  access::WebAccess::ProviderAnswer answer;
  answer.state = TRY(body.text("state", 128));
  answer.code = TRY(body.text_or("code", 4096, ""));
  answer.issuer = TRY(body.text_or("issuer", 1024, ""));
  answer.second_factor = TRY(body.text_or("second_factor", 32, ""));
  TRY(body.finish());
  const auto arrival = call.core.web_access->finish_at_provider(sent_cookie(call.request, kJourneyCookie), answer, call.request.peer, call.now);
  if (!arrival) return refused(call, arrival.error(), !answer.second_factor.empty());
  if (!arrival.value().signed_in) {
    Response out = problem(401, "totp_needed", "The code of the second factor is needed.");
    out.headers.emplace_back("Set-Cookie", journey_cookie(arrival.value().cookie));
    return out;
  }
  TRY(note_sign_in(call, arrival.value().user, ""));
  Response out = signed_in(*arrival.value().signed_in);
  out.headers.emplace_back("Set-Cookie", journey_cookie(""));
  return out;
}

}  // namespace frostgate::http
