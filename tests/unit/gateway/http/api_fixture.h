// The API on a gateway's core, without a socket. Its users, all with kPassword: role-ROLE-own and role-ROLE-foreign for each role, whose scopes
// are the targets dc1 and kiosk, and the target vault; role-none, who has no role; and root, who administers everything.
#pragma once

#include <map>

#include <nlohmann/json.hpp>

#include "gateway/http/api.h"
#include "gateway/http/authentication.h"
#include "tests/unit/gateway/http/contract_check.h"
#include "tests/unit/gateway/serve/film_fixture.h"

namespace frostgate::http {

using nlohmann::json;
using serve::kNow;

inline const std::string kOperator = "role-operator-own", kApprover = "role-approver-own", kCompliance = "role-compliance-own";
inline constexpr const char* kRoleNames[] = {"operator", "approver", "auditor", "compliance", "admin"};

struct Answer {
  int status = 0;
  std::map<std::string, std::string> headers;
  std::string text;
  json body;
};

class ApiGateway : public serve::Gateway {
 public:
  ApiGateway() : api(*core, {}) {
    add("root", "admin", "*");
    add("role-none", "", "");
    for (const std::string role : kRoleNames) {
      add("role-" + role + "-own", role, "target=dc1 or target=kiosk");
      add("role-" + role + "-foreign", role, "target=vault");
    }
  }

  void add(const std::string& user, const std::string& role, const std::string& scope) {
    static const std::string hash = crypto::hash_password(Secret::from_text(serve::kPassword)).value();
    REQUIRE(catalog::Users(*core->catalog).add(user, hash, kNow));
    if (role.empty()) return;
    REQUIRE(catalog::Roles(*core->catalog).bind({"", catalog::role_named(role).value(), catalog::SubjectKind::user, user, scope}, kNow));
  }

  Answer send(const Request& request) {
    Response response = api.handle(request, now);
    Answer out;
    out.status = response.status;
    for (const auto& [name, value] : response.headers) out.headers[name] = value;
    if (auto* text = std::get_if<std::string>(&response.body)) out.text = *text;
    if (auto* source = std::get_if<ByteSource>(&response.body)) {
      const auto bytes = source->read(0, source->size);
      REQUIRE(bytes);
      out.text.assign(reinterpret_cast<const char*>(bytes.value().data()), bytes.value().size());
    }
    if (auto* stream = std::get_if<Stream>(&response.body)) out.text = (*stream)().bytes;
    out.body = json::parse(out.text, nullptr, false);
    check_contract(request, out);
    return out;
  }

  // By nobody.
  static Request plain(Method method, const std::string& target, const std::string& body = "") {
    Request out;
    out.method = method;
    out.target = target;
    out.peer = "192.0.2.1";
    out.headers["host"] = "gateway.example:8443";
    if (!body.empty()) out.headers["content-type"] = "application/json";
    out.body = body;
    return out;
  }

  // With the user's session, as the portal sends it.
  Request as(const std::string& user, Method method, const std::string& target, const std::string& body = "") {
    Request out = plain(method, target, body);
    if (!cookies_.contains(user)) {
      auto signed_in = core->web_access->sign_in(user, Secret::from_text(serve::kPassword), "", "192.0.2.1", now);
      INFO(user << (signed_in ? "" : signed_in.error().message));
      REQUIRE(signed_in);
      REQUIRE(signed_in.value());
      cookies_[user] = {std::string(signed_in.value()->cookie.text()), signed_in.value()->caller.csrf};
    }
    out.headers["cookie"] = std::string(kCookie) + "=" + cookies_[user].first;
    out.headers["x-frostgate-csrf"] = cookies_[user].second;
    return out;
  }

  Answer ask(const std::string& user, Method method, const std::string& target, const std::string& body = "") {
    return send(user.empty() ? plain(method, target, body) : as(user, method, target, body));
  }

  Api api;
  UtcTime now = kNow;

 private:
  // Every answer that a test gets is one that the contract promises.
  static void check_contract(const Request& request, const Answer& answer) {
    static ContractCheck contract;
    constexpr std::string_view kBelow = "/api/v1";
    if (!request.target.starts_with(kBelow)) return;
    const std::string path = request.target.substr(kBelow.size(), request.target.find('?') - kBelow.size());
    const std::string method = request.method == Method::post ? "post" : request.method == Method::put ? "put" : request.method == Method::del ? "delete" : "get";
    const std::string type = answer.headers.contains("Content-Type") ? answer.headers.at("Content-Type") : "";
    for (const std::string& problem : contract.problems_of(method, path, answer.status, type, answer.body)) FAIL_CHECK(method << " " << path << ": " << problem);
  }

  std::map<std::string, std::pair<std::string, std::string>> cookies_;
};

}  // namespace frostgate::http
