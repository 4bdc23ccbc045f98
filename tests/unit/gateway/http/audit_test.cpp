#include <sstream>

#include "gateway/http/document.h"
#include "storage/catalog/ledger.h"
#include "tests/unit/gateway/http/api_fixture.h"

using namespace frostgate;
using namespace frostgate::http;

namespace {

std::vector<std::int64_t> numbers(const Answer& answer) {
  std::vector<std::int64_t> out;
  for (const json& item : answer.body["items"]) out.push_back(item["number"]);
  return out;
}

}  // namespace

TEST_CASE("the audit log is listed page by page, newest first, to those whose role is not bound to some targets") {
  ApiGateway gateway;
  gateway.add("audrey", "auditor", "*");
  catalog::Ledger ledger(*gateway.core->catalog);
  for (int i = 0; i < 5; ++i) {
    REQUIRE(ledger.append({i % 2 == 0 ? catalog::LedgerEvent::login : catalog::LedgerEvent::view, "r" + std::to_string(i), "anna", R"({"n":1})", kNow + std::chrono::seconds(i)}));
  }
  CHECK(gateway.ask("role-auditor-own", Method::get, "/api/v1/audit").status == 403);
  CHECK(gateway.ask("role-operator-own", Method::get, "/api/v1/audit").status == 403);
  const auto ask = [&](const std::string& query) { return gateway.ask("audrey", Method::get, "/api/v1/audit" + query); };
  const Answer first = ask("?limit=2");
  REQUIRE(first.status == 200);
  CHECK(numbers(first) == std::vector<std::int64_t>{5, 4});
  const json& entry = first.body["items"][0];
  CHECK(entry["event"] == "login");
  CHECK(entry["subject"] == "r4");
  CHECK(entry["actor"] == "anna");
  CHECK(entry["detail"] == json{{"n", 1}});
  CHECK(numbers(ask("?limit=2&cursor=" + first.body["next"].get<std::string>())) == std::vector<std::int64_t>{3, 2});
  const Answer last = ask("?limit=2&cursor=2");
  CHECK(numbers(last) == std::vector<std::int64_t>{1});
  CHECK(last.body["next"].is_null());
  CHECK(numbers(ask("?event=view")) == std::vector<std::int64_t>{4, 2});
  CHECK(numbers(ask("?subject=r2")) == std::vector<std::int64_t>{3});
  CHECK(numbers(ask("?actor=nobody")).empty());
  CHECK(numbers(ask("?actor=an*&subject=*3")) == std::vector<std::int64_t>{4});
  CHECK(numbers(ask("?since=2027-01-15T08:00:03.000Z")) == std::vector<std::int64_t>{5, 4});
  CHECK(numbers(ask("?until=2027-01-15T08:00:01Z")) == std::vector<std::int64_t>{1});
  for (const char* bad : {"?event=nonsense", "?cursor=x", "?cursor=-1", "?limit=0", "?since=yesterday", "?subject=%ff"}) {
    INFO(bad);
    CHECK(ask(bad).status / 100 == 4);
  }
}

TEST_CASE("the document knows every event that the audit log has") {
  std::vector<std::string> events;
  for (int event = 0; std::string(catalog::to_string(static_cast<catalog::LedgerEvent>(event))) != "unknown"; ++event) events.emplace_back(catalog::to_string(static_cast<catalog::LedgerEvent>(event)));
  CHECK(events.size() > 10);
  CHECK(json::parse(document_json())["components"]["schemas"]["AuditEvent"]["enum"] == json(events));
}

TEST_CASE("the audit log is exported whole, an entry a line, by the filters of the list; and that it was exported is in it") {
  ApiGateway gateway;
  gateway.add("audrey", "auditor", "*");
  catalog::Ledger ledger(*gateway.core->catalog);
  constexpr int kEntries = 450;
  for (int i = 0; i < kEntries; ++i) {
    REQUIRE(ledger.append({i % 2 == 0 ? catalog::LedgerEvent::login : catalog::LedgerEvent::view, "r1", "line\nbreak", "{}", kNow}));
  }
  const auto exported = [&](const std::string& query) {
    Response response = gateway.api.handle(gateway.as("audrey", Method::get, "/api/v1/audit/export" + query), kNow);
    REQUIRE(response.status == 200);
    const Stream next = std::get<Stream>(response.body);
    std::vector<std::int64_t> out;
    for (StreamPiece piece; !piece.over;) {
      piece = next();
      REQUIRE_FALSE(piece.failed);
      std::istringstream lines(piece.bytes);
      for (std::string line; std::getline(lines, line);) out.push_back(json::parse(line)["number"]);
    }
    return out;
  };
  const std::vector<std::int64_t> all = exported("");
  REQUIRE(all.size() == kEntries + 1);
  for (std::size_t i = 0; i < all.size(); ++i) REQUIRE(all[i] == static_cast<std::int64_t>(all.size() - i));
  const auto own = ledger.list(kEntries, 1);
  REQUIRE(own);
  CHECK(own.value()[0].event == catalog::LedgerEvent::exported);
  CHECK(own.value()[0].actor == "audrey");
  CHECK(exported("?event=view").size() == kEntries / 2);
  CHECK(exported("?actor=nobody").empty());
  CHECK(gateway.ask("audrey", Method::get, "/api/v1/audit/export?since=yesterday").status == 422);
  CHECK(gateway.ask("role-auditor-own", Method::get, "/api/v1/audit/export").status == 403);
}

TEST_CASE("the audit log is checked over HTTP, and says what is wrong with it") {
  ApiGateway gateway;
  catalog::Ledger ledger(*gateway.core->catalog);
  for (int i = 0; i < 3; ++i) REQUIRE(ledger.append({catalog::LedgerEvent::login, "s", "anna", "{}", kNow}));
  const Answer good = gateway.ask("root", Method::get, "/api/v1/audit/verification");
  REQUIRE(good.status == 200);
  CHECK(good.body == json{{"valid", true}, {"entries", 3}, {"problem", nullptr}, {"problems", json::array()}});
}

TEST_CASE("signing in over HTTPS, right and wrong, is in the audit log; so is what a user changes of their own") {
  ApiGateway gateway;
  const auto sign_in = [&](const std::string& password) {
    return gateway.send(ApiGateway::plain(Method::post, "/api/v1/session", json{{"user", "anna"}, {"password", password}}.dump())).status;
  };
  CHECK(sign_in("a wrong one") == 401);
  CHECK(sign_in(serve::kPassword) == 201);
  CHECK(gateway.ask("anna", Method::put, "/api/v1/session/password", R"({"current":"correct horse","password":"battery staple 9"})").status == 204);
  CHECK(gateway.ask("anna", Method::del, "/api/v1/session").status == 204);
  const auto found = catalog::Ledger(*gateway.core->catalog).list(0, 10);
  REQUIRE(found);
  REQUIRE(found.value().size() == 4);
  CHECK(found.value()[3].actor == "anna");
  CHECK_THAT(found.value()[3].details, Catch::Contains(R"("signed_out":true)") && Catch::Contains("192.0.2.1"));
  CHECK_THAT(found.value()[0].details, Catch::Contains(R"("accepted":false)") && Catch::Contains("192.0.2.1"));
  CHECK(found.value()[0].subject == "anna");
  CHECK(found.value()[0].actor.empty());
  CHECK(found.value()[1].actor == "anna");
  CHECK_THAT(found.value()[2].details, Catch::Contains("change_password"));
  for (const auto& entry : found.value()) CHECK(entry.details.find("battery") == std::string::npos);
}
