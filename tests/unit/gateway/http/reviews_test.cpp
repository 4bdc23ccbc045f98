// What is to be looked at again: rules with a date, and who may do what.
#include "gateway/policy/review_date.h"
#include "gateway/serve/alarms.h"
#include "storage/catalog/alerts.h"
#include "storage/catalog/ledger.h"
#include "storage/catalog/reviews.h"
#include "tests/unit/gateway/http/api_fixture.h"

using namespace frostgate;
using namespace frostgate::http;

namespace {

constexpr const char* kPath = "/api/v1/reviews";

struct Reviewed : ApiGateway {
  Reviewed() {
    add("audrey", "auditor", "*");
    add("carla", "compliance", "*");
    // kNow is in January 2027.
    auto policy = policy::Policy::parse("rules:\n  - {name: operators, users: \"*\", targets: \"*\", allow: true, review_by: 2027-01-10}\n  - {name: later, users: \"*\", targets: \"*\", review_by: 2028-01-10}\n", "p.yaml");
    INFO((policy ? std::string() : policy.error().message));
    REQUIRE(policy);
    core->policy.replace(std::move(policy).value());
    core->config.access_review_days = 90;
  }
  json seen() { return ask("audrey", Method::get, kPath).body; }
  Answer sign(const std::string& user, const json& body) { return ask(user, Method::post, kPath, body.dump()); }
  int alerts_of(const std::string& kind) {
    const auto kinds = catalog::Alerts(*core->catalog).raised_by_kind();
    REQUIRE(kinds);
    return kinds.value().contains(kind) ? static_cast<int>(kinds.value().at(kind)) : 0;
  }
};

}  // namespace

TEST_CASE("a rule's date that is over raises an alert until somebody signs for it, once, and the audit log knows who") {
  Reviewed gateway;
  serve::look_for_trouble(*gateway.core, gateway.now);
  CHECK(gateway.alerts_of("policy.overdue") == 1);
  CHECK(gateway.alerts_of("policy.review") == 0);
  const json before = gateway.seen();
  REQUIRE(before["policy"].size() == 2);
  const json rule = before["policy"][0];
  CHECK(rule["signature"].is_null());
  const json body{{"kind", "policy"}, {"what", rule["what"]}, {"digest", before["policy_digest"]}, {"comment", "<b>fine</b>"}};
  json stale = body;
  stale["digest"] = std::string(64, '0');
  CHECK(gateway.sign("audrey", stale).status == 409);
  json unknown = body;
  unknown["what"] = "the rule \"nobody\"";
  CHECK(gateway.sign("audrey", unknown).status == 404);
  CHECK(gateway.sign("root", body).status == 403);
  CHECK(gateway.sign("role-auditor-own", body).status == 403);
  CHECK(gateway.sign("audrey", body).status == 204);
  CHECK(gateway.sign("carla", body).status == 409);
  const json signature = gateway.seen()["policy"][0]["signature"];
  CHECK((signature["reviewer"] == "audrey" && signature["comment"] == "<b>fine</b>"));
  serve::look_for_trouble(*gateway.core, gateway.now + std::chrono::hours(48));
  CHECK(gateway.alerts_of("policy.overdue") == 1);
  // The other rule's, a week before.
  serve::look_for_trouble(*gateway.core, policy::moment("2028-01-03T00:00").value());
  CHECK((gateway.alerts_of("policy.review") == 1 && gateway.alerts_of("policy.overdue") == 1));
  catalog::LedgerQuery query;
  query.actor = "audrey";
  query.event = catalog::LedgerEvent::policy;
  const auto noted = catalog::Ledger(*gateway.core->catalog).find(query);
  REQUIRE((noted && noted.value().size() == 1));
  CHECK(noted.value()[0].details.find("review.sign") != std::string::npos);
}

TEST_CASE("who may do what is listed with everybody a role reaches, signed as it was seen, and due again after the days") {
  Reviewed gateway;
  REQUIRE(catalog::Groups(*gateway.core->catalog).add("leads", "anna"));
  REQUIRE(catalog::Groups(*gateway.core->catalog).add("leads", "gone"));
  REQUIRE(catalog::Roles(*gateway.core->catalog).bind({"", catalog::Role::approver, catalog::SubjectKind::group, "leads", "env=prod"}, kNow));
  const json access = gateway.seen()["access"];
  const auto leads = std::find_if(access["bindings"].begin(), access["bindings"].end(), [](const json& one) { return one["subject"] == "leads"; });
  REQUIRE(leads != access["bindings"].end());
  CHECK((*leads)["users"] == json::array({{{"name", "anna"}, {"disabled", false}, {"from", "local"}}, {{"name", "gone"}, {"disabled", true}, {"from", "local"}}}));
  CHECK(access["last"].is_null());
  serve::look_for_trouble(*gateway.core, kNow + std::chrono::hours(24 * 80));
  CHECK(gateway.alerts_of("access.review") == 1);
  serve::look_for_trouble(*gateway.core, kNow + std::chrono::hours(24 * 91));
  CHECK(gateway.alerts_of("access.overdue") == 1);
  // Somebody gets a right while the list lies on a desk.
  REQUIRE(catalog::Groups(*gateway.core->catalog).add("leads", "carl"));
  CHECK(gateway.sign("carla", {{"kind", "access"}, {"digest", access["digest"]}}).status == 409);
  gateway.now = kNow + std::chrono::minutes(20);  // in the same sign-in
  CHECK(gateway.sign("carla", {{"kind", "access"}, {"digest", gateway.seen()["access"]["digest"]}}).status == 204);
  const json after = gateway.seen()["access"];
  CHECK(after["last"]["reviewer"] == "carla");
  CHECK(after["due"] == serve::to_text(gateway.now + std::chrono::hours(24 * 90)));
}
