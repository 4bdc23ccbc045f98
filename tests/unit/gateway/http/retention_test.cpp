#include "gateway/serve/retention.h"
#include "storage/catalog/deletions.h"
#include "tests/unit/gateway/http/api_fixture.h"

using namespace frostgate;
using namespace frostgate::http;

namespace {

// Two films of dc1, and one of another scope.
struct Kept : ApiGateway {
  Kept() {
    for (const auto& [id, target] : {std::pair{"r1", "dc1"}, {"r2", "dc1"}, {"r3", "vault"}}) {
      catalog::Recording row;
      row.id = id;
      row.user = "anna";
      row.target = target;
      row.rule = "operators";
      row.started = now;
      row.ended = now + std::chrono::seconds(60);
      REQUIRE(catalog::Recordings(*core->catalog).create(row));
    }
  }
  Answer hold(const std::string& user, const std::string& id, const std::string& reason) {
    return ask(user, Method::put, "/api/v1/recordings/" + id + "/hold", json{{"reason", reason}}.dump());
  }
  json held(const std::string& user) { return ask(user, Method::get, "/api/v1/holds").body["items"]; }
};

}  // namespace

TEST_CASE("a hold is placed and released for a reason, by compliance, and says who placed it") {
  Kept gateway;
  CHECK(gateway.hold(kCompliance, "r1", "").status == 422);
  CHECK(gateway.hold(kCompliance, "r1", "<b>lawsuit</b>").status == 204);
  const json held = gateway.held("role-auditor-own");
  REQUIRE(held.size() == 1);
  CHECK((held[0]["recording"] == "r1" && held[0]["by"] == kCompliance && held[0]["reason"] == "<b>lawsuit</b>" && held[0]["user"] == "anna"));
  CHECK(gateway.held("role-auditor-foreign").empty());
  const std::string release = "/api/v1/recordings/r1/hold/release";
  CHECK(gateway.ask(kCompliance, Method::post, release, "{}").status == 422);
  CHECK(gateway.ask(kCompliance, Method::post, release, R"({"reason":"settled"})").status == 204);
  CHECK(gateway.held("role-auditor-own").empty());
  CHECK(gateway.ask(kCompliance, Method::post, release, R"({"reason":"settled"})").status == 404);
}

TEST_CASE("the plan names the recordings of the caller's scope, page by page, and a hold among its reasons") {
  Kept gateway;
  REQUIRE(gateway.hold(kCompliance, "r2", "lawsuit").status == 204);
  std::map<std::string, json> seen;
  std::string cursor;
  do {
    const Answer page = gateway.ask(kCompliance, Method::get, "/api/v1/retention/plan?limit=1" + (cursor.empty() ? "" : "&cursor=" + cursor));
    REQUIRE(page.status == 200);
    for (const json& one : page.body["items"]) CHECK(seen.emplace(one["recording"], one).second);
    cursor = page.body["next"].is_null() ? "" : page.body["next"].get<std::string>();
  } while (!cursor.empty());
  CHECK(seen.size() == 2);
  // Of what lies outside the scope neither page nor cursor tells, wherever it stands.
  const Answer foreign = gateway.ask("role-compliance-foreign", Method::get, "/api/v1/retention/plan?limit=1");
  CHECK(foreign.body["items"].size() == 1);
  CHECK(foreign.body["next"].is_null());
  for (const auto& [id, one] : seen) CHECK(gateway.ask("role-compliance-foreign", Method::get, "/api/v1/retention/plan?cursor=" + id).status == 422);
  CHECK(gateway.ask(kCompliance, Method::get, "/api/v1/retention/plan?cursor=nothing").status == 422);
  REQUIRE(seen.contains("r2"));
  CHECK((seen["r2"]["remove"] == false && seen["r2"]["why"].get<std::string>().find("hold") != std::string::npos));
  const Answer tonight = gateway.ask(kCompliance, Method::get, "/api/v1/retention/plan?due=true");
  CHECK(tonight.body["items"].empty());
  CHECK(tonight.body["at"] == serve::to_text(serve::next_retention(kNow)));
  CHECK(gateway.ask(kCompliance, Method::get, "/api/v1/retention/plan?at=2030-01-31T02:00:00Z").body["at"] == "2030-01-31T02:00:00.000Z");
  for (const char* wrong : {"due=yes", "at=tonight", "cursor=x", "cursor=-1", "limit=0"}) CHECK(gateway.ask(kCompliance, Method::get, "/api/v1/retention/plan?" + std::string(wrong)).status == 422);
}

TEST_CASE("a recording is deleted before its time by the gate for that alone, and its tombstone says by whom and why") {
  Kept gateway;
  publish_film(*gateway.core, "done");
  const auto remove = [&](const std::string& user, const std::string& id) {
    return gateway.ask(user, Method::post, "/api/v1/recordings/" + id + "/deletion", R"({"reason":"recorded by mistake"})").status;
  };
  const auto allow = [&](const std::string& gate) {
    auto policy = policy::Policy::parse("rules: [{name: operators, users: \"*\", targets: \"*\", allow: true, gates: {delete: " + gate + "}}]", "test");
    REQUIRE(policy);
    gateway.core->policy.replace(std::move(policy).value());
  };
  CHECK(remove(kCompliance, "done") == 403);  // no gate
  allow("{approval: {users: [\"role-approver-*\"]}}");
  CHECK(remove(kCompliance, "done") == 403);  // nobody has agreed
  const Answer asked = gateway.ask(kCompliance, Method::post, "/api/v1/requests", R"({"kind":"delete-early","recording":"done","reason":"recorded by mistake"})");
  REQUIRE(asked.status == 201);
  const std::string request = "/api/v1/requests/" + asked.body["id"].get<std::string>();
  REQUIRE(gateway.ask(kApprover, Method::post, request + "/decision", R"({"approve":true})").status == 200);
  REQUIRE(gateway.hold(kCompliance, "done", "lawsuit").status == 204);
  CHECK(remove(kCompliance, "done") == 403);
  CHECK(gateway.ask(kApprover, Method::get, request).body["state"] == "approved");  // a hold uses nothing up
  REQUIRE(gateway.ask(kCompliance, Method::post, "/api/v1/recordings/done/hold/release", R"({"reason":"settled"})").status == 204);
  CHECK(remove("role-compliance-foreign", "done") == 404);
  CHECK(remove(kCompliance, "done") == 204);
  CHECK(gateway.ask(kApprover, Method::get, request).body["state"] == "used");
  CHECK(remove(kCompliance, "done") == 404);
  REQUIRE(catalog::Deletions(*gateway.core->catalog).tombstones().value().size() == 1);
}
