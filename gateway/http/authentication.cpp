#include "gateway/http/authentication.h"

#include "gateway/crypto/passwords.h"
#include "gateway/http/problem.h"

namespace frostgate::http {
namespace {

constexpr std::string_view kBearer = "Bearer ";

Response not_signed_in() {
  Response out = problem(401, "not_signed_in");
  out.headers.emplace_back("WWW-Authenticate", "Bearer");
  return out;
}

}  // namespace

std::string sent_cookie(const Request& request, std::string_view name) {
  std::string_view rest = request.header("cookie");
  const std::string wanted = std::string(name) + "=";
  while (!rest.empty()) {
    std::string_view one = rest.substr(0, rest.find_first_of(";,"));
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
    while (one.starts_with(' ')) one.remove_prefix(1);
    if (one.starts_with(wanted)) return std::string(one.substr(wanted.size()));
  }
  return {};
}

Proof::Proof(const Request& request) : cookie_(sent_cookie(request, kCookie)), authorization_(request.header("authorization")) {}

Result<access::Caller> Proof::caller(access::WebAccess& access, UtcTime now, bool idle) const {
  if (authorization_.empty()) return access.by_cookie(cookie_, now, idle);
  if (!authorization_.starts_with(kBearer)) return Error{ErrorKind::denied, "no token of ours"};
  return access.by_token(authorization_.substr(kBearer.size()), now);
}

std::string set_cookie(std::string_view name, std::string_view value, std::chrono::seconds age) {
  return std::string(name) + "=" + std::string(value) + "; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(value.empty() ? 0 : age.count());
}

std::string set_cookie(std::string_view value) { return set_cookie(kCookie, value, access::kAbsoluteLimit); }

std::optional<Response> authenticate(Call& call) {
  const Proof proof(call.request);
  if (proof.empty()) return std::nullopt;
  Result<access::Caller> caller = proof.caller(*call.core.web_access, call.now);
  if (caller) {
    call.caller = std::move(caller).value();
    return std::nullopt;
  }
  const ErrorKind kind = caller.error().kind;
  return kind == ErrorKind::denied || kind == ErrorKind::not_found ? not_signed_in() : problem_of(caller.error());
}

std::optional<Response> refuse_forged(const Call& call) {
  const Request& request = call.request;
  if (request.method == Method::get || request.method == Method::head) return std::nullopt;
  const std::string& origin = request.header("origin");
  if (!origin.empty() && origin != "https://" + request.header("host")) return problem(403, "csrf", "the request comes from a page of another site");
  const std::string& site = request.header("sec-fetch-site");
  if (!site.empty() && site != "same-origin" && site != "none") return problem(403, "csrf", "the request comes from a page of another site");
  // A token is sent by programs that mean it. Without either, it is a sign-in: its JSON no form can send.
  if (call.caller.csrf.empty()) return std::nullopt;
  const std::string& sent = request.header("x-frostgate-csrf");
  if (!crypto::equal_in_constant_time(std::as_bytes(std::span(sent)), std::as_bytes(std::span(call.caller.csrf)))) {
    return problem(403, "csrf", "the header X-Frostgate-CSRF is missing or not this session's");
  }
  return std::nullopt;
}

}  // namespace frostgate::http
