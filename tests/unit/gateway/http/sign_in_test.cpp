#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "gateway/base/source_network.h"
#include "gateway/crypto/totp.h"
#include "tests/unit/gateway/http/api_fixture.h"

using namespace frostgate;
using namespace frostgate::http;

namespace {

Answer sign_in(ApiGateway& gateway, const std::string& user, const std::string& password, const std::string& code = "") {
  json body{{"user", user}, {"password", password}};
  if (!code.empty()) body["code"] = code;
  return gateway.ask("", Method::post, "/api/v1/session", body.dump());
}

std::vector<std::byte> from_base32(const std::string& text) {
  std::vector<std::byte> out;
  std::uint32_t held = 0;
  int bits = 0;
  for (const char c : text) {
    held = held << 5 | static_cast<std::uint32_t>(c >= 'A' ? c - 'A' : c - '2' + 26);
    if ((bits += 5) < 8) continue;
    out.push_back(static_cast<std::byte>(held >> (bits - 8)));
    bits -= 8;
  }
  return out;
}

}  // namespace

TEST_CASE("codes of an authenticator are those of RFC 6238") {
  const std::string secret = "12345678901234567890";
  const auto at = [&](std::int64_t seconds) { return crypto::totp_code(std::as_bytes(std::span(secret)), crypto::totp_step(UtcTime(std::chrono::seconds(seconds)))); };
  CHECK(at(59) == "287082");
  CHECK(at(1111111109) == "081804");
  CHECK(at(20000000000) == "353130");
  CHECK(crypto::to_base32(std::as_bytes(std::span(secret))) == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
  const std::string foobar = "foobar";
  CHECK(crypto::to_base32(std::as_bytes(std::span(foobar))) == "MZXW6YTBOI");
}

TEST_CASE("a password signs in, and the cookie is one that no script reads and no other site sends") {
  ApiGateway gateway;
  const Answer answer = sign_in(gateway, "role-auditor-own", serve::kPassword);
  REQUIRE(answer.status == 201);
  CHECK(answer.body["user"] == "role-auditor-own");
  CHECK(answer.body["roles"] == json{"auditor"});
  CHECK(answer.body["csrf"].get<std::string>().size() == 32);
  const std::string& cookie = answer.headers.at("Set-Cookie");
  for (const char* part : {"__Host-frostgate=", "; Secure", "; HttpOnly", "; SameSite=Strict", "; Path=/"}) CHECK(cookie.find(part) != std::string::npos);
  CHECK(answer.headers.at("Cache-Control") == "no-store");
}

TEST_CASE("nobody learns which part of a sign-in was wrong") {
  ApiGateway gateway;
  const Answer wrong = sign_in(gateway, "anna", "wrong"), unknown = sign_in(gateway, "nobody", "wrong"), disabled = sign_in(gateway, "gone", serve::kPassword),
               passwordless = sign_in(gateway, "nopass", "");
  for (const Answer* answer : {&wrong, &unknown, &disabled, &passwordless}) {
    CHECK(answer->status == 401);
    CHECK(answer->text == wrong.text);
  }
  CHECK(sign_in(gateway, "anna@dc1", serve::kPassword).status == 401);
  CHECK(sign_in(gateway, "anna%dc1", serve::kPassword).status == 401);
}

TEST_CASE("after ten failures an account is refused for a minute, right password or not") {
  ApiGateway gateway;
  for (int i = 0; i < access::Access::kMaxFailures; ++i) CHECK(sign_in(gateway, "anna", "wrong").status == 401);
  CHECK(sign_in(gateway, "anna", serve::kPassword).status == 429);
  gateway.now += std::chrono::seconds(61);
  CHECK(sign_in(gateway, "anna", serve::kPassword).status == 201);
}

TEST_CASE("whoever may choose among the addresses of an IPv6 network is counted as one, and IPv4 in IPv6 as IPv4") {
  CHECK(source_network("192.0.2.1") == "192.0.2.1");
  CHECK(source_network("::ffff:192.0.2.1") == "192.0.2.1");
  CHECK(source_network("2001:db8:0:1:aaaa::1") == source_network("2001:db8:0:1::2"));
  CHECK(source_network("2001:db8:0:1::2") == "2001:db8:0:1::/64");
  CHECK(source_network("2001:db8:0:2::2") != source_network("2001:db8:0:1::2"));
  CHECK(source_network("fe80::1%eth0") == "fe80::/64");
  CHECK(source_network("a machine") == "a machine");
  ApiGateway gateway;
  const auto from = [&](const std::string& address, const std::string& user, const std::string& password) {
    Request request = ApiGateway::plain(Method::post, "/api/v1/session", json{{"user", user}, {"password", password}}.dump());
    request.peer = address;
    return gateway.send(request).status;
  };
  for (int i = 0; i < access::Access::kMaxFailures; ++i) CHECK(from("2001:db8::" + std::to_string(i), "nobody" + std::to_string(i), "wrong") == 401);
  CHECK(from("2001:db8::ffff", "anna", serve::kPassword) == 429);
  CHECK(from("2001:db8:0:1::1", "anna", serve::kPassword) == 201);
}

TEST_CASE("ten wrong codes of a second factor in an hour, and there is no eleventh try, right or not") {
  ApiGateway gateway;
  const Answer begun = gateway.ask("anna", Method::post, "/api/v1/session/totp");
  const auto secret = from_base32(begun.body["secret"]);
  const auto code = [&] { return crypto::totp_code(secret, crypto::totp_step(gateway.now)); };
  REQUIRE(gateway.ask("anna", Method::put, "/api/v1/session/totp", json{{"code", code()}}.dump()).status == 200);
  for (int i = 0; i < access::kMaxWrongCodes; ++i) {
    gateway.now += std::chrono::minutes(2);  // the rule of ten a minute has long forgotten
    CHECK(sign_in(gateway, "anna", serve::kPassword, "000000").status == 401);
  }
  gateway.now += std::chrono::minutes(2);
  CHECK(sign_in(gateway, "anna", serve::kPassword, code()).status == 429);
  gateway.now += std::chrono::minutes(61);
  CHECK(sign_in(gateway, "anna", serve::kPassword, code()).status == 201);
}

TEST_CASE("a user who is disabled is told so in the sessions that run, and they end") {
  ApiGateway gateway;
  REQUIRE(gateway.core->sessions.enter("s1", "anna", "dc1", {}));
  REQUIRE(gateway.core->sessions.enter("s2", "carl", "dc1", {}));
  CHECK(gateway.ask("root", Method::del, "/api/v1/users/anna").status == 204);
  const auto orders = gateway.core->sessions.take_orders("s1");
  REQUIRE(orders.size() == 1);
  CHECK(orders[0]["type"] == "end");
  CHECK(gateway.core->sessions.take_orders("s2").empty());
}

TEST_CASE("what works long does so for a few at a time: the next hears when to come again") {
  ApiGateway gateway;
  // A sink whose command says that it has begun, and ends when it is let.
  storage::TemporaryDirectory folder;
  const std::string begun = (folder.path() / "begun").string(), door = (folder.path() / "door").string();
  REQUIRE(mkfifo(door.c_str(), 0600) == 0);
  const Descriptor key(open(door.c_str(), O_RDWR | O_CLOEXEC));
  alerts::Settings settings;
  alerts::Sink sink;
  sink.name = "slow";
  sink.type = alerts::Sink::Type::command;
  sink.command = {"/bin/sh", "-c", "echo >>'" + begun + "'; read -r line <'" + door + "'"};
  settings.sinks = {sink};
  gateway.core->alerts = std::make_unique<alerts::Alerts>(*gateway.core->catalog, settings, gateway.core->node);
  std::vector<std::thread> waiting;
  const Request request = gateway.as("root", Method::post, "/api/v1/alert-sinks/test");
  for (int i = 0; i < Api::kWorkAtOnce; ++i) waiting.emplace_back([&] { (void)gateway.api.handle(request, kNow); });
  while (read_file(begun).size() < Api::kWorkAtOnce) std::this_thread::yield();
  CHECK(gateway.ask("root", Method::get, "/api/v1/session").status == 200);
  const Answer next = gateway.ask("root", Method::post, "/api/v1/alert-sinks/test");
  CHECK(next.status == 503);
  CHECK(next.headers.at("Retry-After") == "5");
  REQUIRE(write(key.fd(), std::string(Api::kWorkAtOnce, '\n').data(), Api::kWorkAtOnce) == Api::kWorkAtOnce);
  for (std::thread& one : waiting) one.join();
}

TEST_CASE("a session ends by itself when nobody uses it, in any case after twelve hours, and when its user signs out or is disabled") {
  ApiGateway gateway;
  const auto who = [&] { return gateway.ask("anna", Method::get, "/api/v1/session").status; };
  CHECK(who() == 200);
  gateway.now += std::chrono::minutes(29);
  CHECK(who() == 200);
  gateway.now += std::chrono::minutes(29);
  CHECK(who() == 200);
  gateway.now += std::chrono::minutes(31);
  CHECK(who() == 401);
  const auto carl = [&] { return gateway.ask("carl", Method::get, "/api/v1/session").status; };
  for (int i = 0; i < 24; ++i) {
    CHECK(carl() == 200);
    gateway.now += std::chrono::minutes(29) + std::chrono::seconds(59);
  }
  gateway.now += std::chrono::minutes(1);
  CHECK(carl() == 401);
  CHECK(gateway.ask("root", Method::del, "/api/v1/session").status == 204);
  CHECK(gateway.ask("root", Method::get, "/api/v1/session").status == 401);
  CHECK(gateway.ask("role-none", Method::get, "/api/v1/session").status == 200);
  REQUIRE(catalog::Users(*gateway.core->catalog).disable("role-none"));
  CHECK(gateway.ask("role-none", Method::get, "/api/v1/session").status == 401);
}

TEST_CASE("a second factor is asked for once it is confirmed; each code and each recovery code works once") {
  ApiGateway gateway;
  const Answer begun = gateway.ask("anna", Method::post, "/api/v1/session/totp");
  REQUIRE(begun.status == 201);
  const auto secret = from_base32(begun.body["secret"]);
  const auto code = [&](int away = 0) { return crypto::totp_code(secret, crypto::totp_step(gateway.now) + away); };
  CHECK(sign_in(gateway, "anna", serve::kPassword).status == 201);
  CHECK(gateway.ask("anna", Method::put, "/api/v1/session/totp", R"({"code":"000000"})").status == 403);
  const Answer confirmed = gateway.ask("anna", Method::put, "/api/v1/session/totp", json{{"code", code()}}.dump());
  REQUIRE(confirmed.status == 200);
  const auto recovery = confirmed.body["recovery_codes"].get<std::vector<std::string>>();
  REQUIRE(recovery.size() == 10);

  CHECK(sign_in(gateway, "anna", serve::kPassword).body["code"] == "totp_needed");
  CHECK(sign_in(gateway, "anna", "wrong", code(1)).body["code"] == "wrong_credentials");
  CHECK(sign_in(gateway, "anna", serve::kPassword, code()).status == 401);  // used by the confirmation
  CHECK(sign_in(gateway, "anna", serve::kPassword, code(1)).status == 201);
  CHECK(sign_in(gateway, "anna", serve::kPassword, code(1)).status == 401);
  CHECK(sign_in(gateway, "anna", serve::kPassword, code(2)).status == 401);
  CHECK(sign_in(gateway, "anna", serve::kPassword, recovery[3]).status == 201);
  CHECK(sign_in(gateway, "anna", serve::kPassword, recovery[3]).status == 401);
  CHECK(gateway.ask("anna", Method::post, "/api/v1/session/totp").status == 409);
}

TEST_CASE("a token has some of its user's roles, ends, and makes no other way in") {
  ApiGateway gateway;
  const Answer made = gateway.ask("role-auditor-own", Method::post, "/api/v1/tokens", R"({"name":"report","roles":["auditor"],"days":2})");
  REQUIRE(made.status == 201);
  const auto ask = [&](Method method, const std::string& target, const std::string& body = "") {
    Request request = ApiGateway::plain(method, target, body);
    request.headers["authorization"] = "Bearer " + made.body["value"].get<std::string>();
    return gateway.send(request).status;
  };
  CHECK(ask(Method::get, "/api/v1/recordings") == 200);
  CHECK(ask(Method::get, "/api/v1/targets") == 403);
  CHECK(ask(Method::post, "/api/v1/tokens", R"({"name":"more","roles":["auditor"],"days":300})") == 403);
  CHECK(ask(Method::put, "/api/v1/session/password", R"({"current":"correct horse","password":"battery staple 9"})") == 403);
  CHECK(ask(Method::post, "/api/v1/session/totp") == 403);
  CHECK(gateway.ask("carl", Method::del, "/api/v1/tokens/" + made.body["id"].get<std::string>()).status == 404);
  const auto bindings = catalog::Roles(*gateway.core->catalog).of_user("role-auditor-own").value();
  for (const auto& binding : bindings) REQUIRE(catalog::Roles(*gateway.core->catalog).unbind(binding.id));
  CHECK(ask(Method::get, "/api/v1/recordings") == 403);
  gateway.now += std::chrono::hours(48);
  CHECK(ask(Method::get, "/api/v1/session") == 401);
  CHECK(gateway.ask("role-operator-own", Method::post, "/api/v1/tokens", R"({"name":"x","roles":["admin"],"days":2})").status == 403);
}

TEST_CASE("the first administrator is made once, with the link alone") {
  ApiGateway gateway;
  const auto bindings = catalog::Roles(*gateway.core->catalog).list().value();
  for (const auto& binding : bindings) REQUIRE(catalog::Roles(*gateway.core->catalog).unbind(binding.id));
  CHECK(gateway.ask("", Method::get, "/api/v1/setup").body["needed"] == true);
  const std::string secret = gateway.core->web_access->begin_setup().value();
  const auto attempt = [&](const std::string& token, const std::string& user, const std::string& password) {
    return gateway.ask("", Method::post, "/api/v1/setup", json{{"token", token}, {"user", user}, {"password", password}}.dump());
  };
  CHECK(attempt("wrong", "boss", "a good long password").status == 403);
  CHECK(attempt("", "boss", "a good long password").status == 403);
  CHECK(attempt(secret, "boss", "short").status == 422);
  CHECK(attempt(secret, "b o s s", "a good long password").status == 422);
  const Answer made = attempt(secret, "boss", "a good long password");
  CHECK(made.status == 201);
  CHECK(made.body["roles"] == json{"admin"});
  CHECK(attempt(secret, "boss2", "a good long password").status == 403);
  CHECK(gateway.ask("", Method::get, "/api/v1/setup").body["needed"] == false);
}

TEST_CASE("a changed password ends the other sessions; the old one must be known") {
  ApiGateway gateway;
  CHECK(gateway.ask("anna", Method::get, "/api/v1/session").status == 200);
  const Answer other = sign_in(gateway, "anna", serve::kPassword);
  CHECK(gateway.ask("anna", Method::put, "/api/v1/session/password", R"({"current":"wrong","password":"battery staple 9"})").status == 403);
  CHECK(gateway.ask("anna", Method::put, "/api/v1/session/password", R"({"current":"correct horse","password":"short"})").status == 422);
  CHECK(gateway.ask("anna", Method::put, "/api/v1/session/password", R"({"current":"correct horse","password":"battery staple 9"})").status == 204);
  CHECK(gateway.ask("anna", Method::get, "/api/v1/session").status == 200);
  Request old = ApiGateway::plain(Method::get, "/api/v1/session");
  old.headers["cookie"] = other.headers.at("Set-Cookie").substr(0, other.headers.at("Set-Cookie").find(';'));
  CHECK(gateway.send(old).status == 401);
  CHECK(sign_in(gateway, "anna", "battery staple 9").status == 201);
}
