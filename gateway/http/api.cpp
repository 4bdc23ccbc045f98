#include "gateway/http/api.h"

#include <algorithm>

#include "gateway/base/log.h"
#include "gateway/base/place.h"
#include "gateway/http/authentication.h"
#include "gateway/http/health.h"
#include "gateway/http/problem.h"
#include "gateway/http/static_files.h"
#include "gateway/http/versions.h"
#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"

namespace frostgate::http {
namespace {

constexpr const char* kAlways[][2] = {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; font-src 'self'; connect-src 'self'; "
     "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
    {"Strict-Transport-Security", "max-age=31536000"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"},
};

bool has_header(const Response& response, std::string_view name) {
  return std::any_of(response.headers.begin(), response.headers.end(), [&](const auto& header) { return header.first == name; });
}

// The template's names with what stands in their places; nothing when the path is another.
std::optional<std::map<std::string, std::string>> match(std::string_view pattern, const std::vector<std::string>& path, std::size_t from) {
  std::map<std::string, std::string> out;
  std::size_t at = from;
  while (!pattern.empty()) {
    pattern.remove_prefix(1);
    const std::string_view one = pattern.substr(0, pattern.find('/'));
    pattern.remove_prefix(one.size());
    if (at == path.size()) return std::nullopt;
    if (one.front() == '{') out.emplace(one.substr(1, one.size() - 2), path[at]);
    else if (one != path[at]) return std::nullopt;
    ++at;
  }
  if (at != path.size()) return std::nullopt;
  return out;
}

// Of what is sent whole; streams and films have their own ways.
void add_etag(const Request& request, Response& response) {
  const auto* body = std::get_if<std::string>(&response.body);
  if (!body || response.status != 200 || has_header(response, "ETag") || (request.method != Method::get && request.method != Method::head)) return;
  const std::string digest = storage::to_hex(storage::Sha256::of(std::as_bytes(std::span(*body)))).substr(0, 32);
  response.headers.emplace_back("ETag", '"' + (response.version.empty() ? "" : response.version + ".") + digest + '"');
}

void answer_unchanged(const Request& request, Response& response) {
  const std::string& known = request.header("if-none-match");
  if (known.empty() || response.status != 200) return;
  for (const auto& [name, value] : response.headers) {
    if (name != "ETag" || known.find(value) == std::string::npos) continue;
    response.status = 304;
    response.body = std::string();
    return;
  }
}

}  // namespace

Response Api::handle(const Request& request, UtcTime now) {
  Response out;
  try {
    out = answer(request, now);
  } catch (const std::exception& bug) {
    log::error("-", "http: {} failed: {}", request.target.substr(0, request.target.find('?')), bug.what());
    out = problem(500, "internal");
  }
  add_etag(request, out);
  answer_unchanged(request, out);
  if (!has_header(out, "Cache-Control")) out.headers.emplace_back("Cache-Control", "no-store");
  for (const auto& header : kAlways) out.headers.emplace_back(header[0], header[1]);
  ++answered_[std::clamp(out.status / 100, 0, 5)];
  return out;
}

bool Api::waits(const Request& request) {
  const auto path = path_of(request.target);
  const auto query = query_of(request.target);
  if (!path || !query || path.value().size() < 2 || path.value()[0] != "api" || path.value()[1] != "v1") return false;
  const Method method = request.method == Method::head ? Method::get : request.method;
  return std::any_of(routes().begin(), routes().end(), [&](const Route& route) {
    return pace_of(route, query.value()) != Pace::quick && route.method == method && match(route.path, path.value(), 2);
  });
}

Response Api::answer(const Request& request, UtcTime now) {
  const auto path = path_of(request.target);
  if (!path) return problem(400, "invalid", path.error().message);
  const std::vector<std::string>& segments = path.value();
  if (segments.size() >= 2 && segments[0] == "api" && segments[1] == "v1") return api(request, segments, now);
  if (segments.size() == 1 && (segments[0] == "healthz" || segments[0] == "readyz")) {
    if (request.method != Method::get && request.method != Method::head) return problem(405, "method_not_allowed");
    return segments[0] == "healthz" ? alive() : ready(core_, now);
  }
  if (segments.size() == 1 && segments[0] == "metrics") return metrics(request, now);
  return static_file(portal_, request);
}

Response Api::api(const Request& request, const std::vector<std::string>& path, UtcTime now) {
  Method method = request.method == Method::head ? Method::get : request.method;
  bool known = false;
  for (const Route& route : routes()) {
    auto names = match(route.path, path, 2);
    if (!names) continue;
    known = true;
    if (route.method != method) continue;
    Call call{core_, exports_, openings_, request, now};
    call.path = std::move(*names);
    auto query = query_of(request.target);
    if (!query) return problem(400, "invalid", query.error().message);
    call.query = std::move(query).value();
    return run(route, call);
  }
  return known ? problem(405, "method_not_allowed") : problem(404, "not_found");
}

Response Api::run(const Route& route, Call& call) {
  // What anyone may do needs nobody's cookie, least of all one that has run out.
  if (route.who != Who::anyone) {
    if (auto refused = authenticate(call)) return *std::move(refused);
    if (call.caller.user.empty()) return problem(401, "not_signed_in");
  }
  if (auto forged = refuse_forged(call)) return *std::move(forged);
  const auto& roles = route.roles;
  if (route.who == Who::roles && std::none_of(roles.begin(), roles.end(), [&](access::Role role) { return call.caller.entitlements.has(role); })) {
    return problem(403, "denied", "your roles do not let you do this");
  }
  if (!call.request.body.empty() && !call.request.header("content-type").starts_with("application/json")) {
    return problem(415, "unsupported", "the body must be application/json");
  }
  if (pace_of(route, call.query) != Pace::works) return run_once(route, call);
  const Place place(working_);
  if (place.taken()) return run_once(route, call);
  return problem(503, "busy", "others ask for much at this moment");
}

Response Api::run_once(const Route& route, Call& call) {
  const std::string& key = call.request.header("idempotency-key");
  const bool remembered = route.method == Method::post && !key.empty() && !call.caller.user.empty();
  if (remembered) {
    if (!Idempotency::valid_key(key)) return problem(400, "invalid", "an Idempotency-Key has 8 to 64 letters, digits, _ or -");
    if (auto before = idempotency_.begin(call.caller.user, key, call.request, call.now)) return *std::move(before);
  }
  Response out;
  try {
    out = outcome(route, call);
  } catch (const std::exception& bug) {
    log::error("-", "http: {} failed: {}", route.operation, bug.what());
    out = problem(500, "internal");
  }
  if (remembered) idempotency_.end(call.caller.user, key, out);
  return out;
}

Response Api::outcome(const Route& route, Call& call) {
  const auto failed = [&](const Error& error) {
    Response out = problem_of(error);
    if (out.status == 500) log::error("-", "http: {} of {}: {}", route.operation, call.caller.user, error.message);
    else log::info("-", "http: {} of {}: {}", route.operation, call.caller.user.empty() ? "somebody" : call.caller.user, error.message);
    return out;
  };
  std::unique_lock<std::mutex> alone;
  if (const std::string& wanted = call.request.header("if-match"); !wanted.empty() && route.method != Method::get) {
    if (!route.version) return problem(412, "changed", "what this changes has no version");
    alone = std::unique_lock(conditional_);
    const Result<std::string> version = route.version(call);
    if (!version) return failed(version.error());
    if (!matches(wanted, version.value())) return problem(412, "changed", "somebody has changed it since you read it: read it again");
  }
  Result<Response> handled = route.handle(call);
  return handled ? std::move(handled).value() : failed(handled.error());
}

Response Api::metrics(const Request& request, UtcTime now) {
  if (request.method != Method::get && request.method != Method::head) return problem(405, "method_not_allowed");
  Call call{core_, exports_, openings_, request, now};
  if (auto refused = authenticate(call)) return *std::move(refused);
  if (!call.caller.entitlements.has(access::Role::admin) && !call.caller.entitlements.has(access::Role::auditor)) {
    return call.caller.user.empty() ? problem(401, "not_signed_in") : problem(403, "denied");
  }
  std::string text = metrics_text(core_, now);
  text += "# HELP frostgate_http_answers_total Answers to HTTP requests, by the first digit of their status.\n# TYPE frostgate_http_answers_total counter\n";
  for (int digit = 1; digit <= 5; ++digit) {
    text += "frostgate_http_answers_total{status=\"" + std::to_string(digit) + "xx\"} " + std::to_string(answered_[digit].load()) + "\n";
  }
  Response out;
  out.status = 200;
  out.headers = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}};
  out.body = std::move(text);
  return out;
}

}  // namespace frostgate::http
