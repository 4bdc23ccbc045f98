// What another policy would have said to what the audit log and the films tell.
#include "gateway/serve/admin.h"
#include "gateway/serve/audit.h"
#include "storage/catalog/ledger.h"
#include "tests/unit/gateway/http/api_fixture.h"

using namespace frostgate;
using namespace frostgate::http;

namespace {

struct Remembering : ApiGateway {
  void decided(const std::string& session, const std::string& user, const std::string& target, bool allowed, const std::string& rule, int hours_ago) {
    json details{{"allowed", allowed}, {"target", target}, {"address", "192.0.2.7"}, {"front", "rdp"}, {"policy", core->policy->digest()}};
    if (!rule.empty()) details["rule"] = rule;
    REQUIRE(serve::audit(*core, catalog::LedgerEvent::decision, session, user, details, now - std::chrono::hours(hours_ago)));
  }
  // `boss` administers everything, and watches what is in the lab.
  Remembering() {
    add("boss", "admin", "*");
    REQUIRE(catalog::Roles(*core->catalog).bind({"", access::Role::auditor, catalog::SubjectKind::user, "boss", "env=lab"}, kNow));
  }
  void filmed(const std::string& id, const std::string& rule, const std::map<std::string, std::string>& tags) {
    catalog::Recording film;
    film.id = id;
    film.user = "anna";
    film.target = "dc1";
    film.tags = tags;  // as the target was tagged then
    film.rule = rule;
    film.policy_digest = core->policy->digest();
    film.started = now - std::chrono::hours(2);
    film.report_json = R"({"redaction":{"masks_by_rule":{"token.jwt":3,"known.typed":1}}})";
    REQUIRE(catalog::Recordings(*core->catalog).create(film));
  }
  Answer simulate(const std::string& text, int days = 30, const std::string& user = "boss") { return ask(user, Method::post, "/api/v1/policy/simulation", json{{"text", text}, {"days", days}}.dump()); }
};

}  // namespace

TEST_CASE("decisions of the audit log are asked of another policy, by the rule that decided then, and films by their masks") {
  Remembering gateway;
  gateway.decided("s1", "anna", "dc1", true, "operators", 3);
  gateway.decided("s2", "anna", "dc1", true, "operators", 2);
  gateway.decided("s3", "carl", "dc1", false, "", 1);
  gateway.decided("s4", "anna", "long gone", true, "operators", 1);
  gateway.decided("s5", "anna", "dc1", true, "operators", 24 * 40);
  gateway.filmed("s2", "operators", {{"env", "lab"}});

  const Answer same = gateway.simulate(gateway.core->policy->text());
  REQUIRE(same.status == 200);
  CHECK((same.body["decisions"] == 3 && same.body["same"] == 3 && same.body["without_target"] == 1 && same.body["films"] == 1 && same.body["cut"] == false));
  CHECK(same.body["digest"] == gateway.core->policy->digest());

  const Answer other = gateway.simulate(
      "rules:\n"
      "  - {name: lab, users: [anna], targets: dc1, tags: {env: lab}, allow: true, reason: required, detectors: {disabled: [token.jwt]}}\n"
      "  - {name: guests, users: [carl], targets: \"*\", allow: true}\n");
  REQUIRE(other.status == 200);
  const json& found = other.body["differences"];
  REQUIRE(found.size() == 3);
  std::map<std::string, json> by_rule;
  for (const json& one : found) by_rule[one["rule_after"]] = one;
  CHECK((by_rule[""]["user"] == "anna" && by_rule[""]["allowed_after"] == false && by_rule[""]["decisions"] == 1));
  CHECK((by_rule["guests"]["user"] == "carl" && by_rule["guests"]["allowed_before"] == false && by_rule["guests"]["allowed_after"] == true));
  CHECK(by_rule["lab"]["changes"][0]["before"] == "without approval");
  CHECK(by_rule["lab"]["changes"][0]["after"].get<std::string>().ends_with("a reason"));
  REQUIRE(other.body["lost_masks"].size() == 1);
  CHECK((other.body["lost_masks"][0]["rule"] == "token.jwt" && other.body["lost_masks"][0]["masks"] == 3));
}

TEST_CASE("what another policy would not mask is counted in films that the asker may watch, and in no others") {
  Remembering gateway;
  gateway.core->policy.replace(policy::Policy::parse("rules:\n"
                                                     "  - {name: asked, users: \"*\", targets: dc1, networks: [10.0.0.0/8], allow: true, gates: {watch: {approval: {users: [carl]}}}}\n"
                                                     "  - {name: operators, users: \"*\", targets: \"*\", allow: true}\n",
                                                     "test").value());
  gateway.filmed("open", "operators", {{"env", "lab"}});
  gateway.filmed("elsewhere", "operators", {{"env", "prod"}});
  gateway.filmed("behind-a-gate", "asked", {{"env", "lab"}});
  const std::string fresh = "rules:\n  - {name: all, users: \"*\", targets: \"*\", allow: true, detectors: {disabled: [token.jwt]}}\n";
  const json found = gateway.simulate(fresh).body;
  CHECK((found["films"] == 1 && found["closed_films"] == 2));
  CHECK(found["lost_masks"] == json::array({{{"rule", "token.jwt"}, {"films", 1}, {"masks", 3}}}));
  const json of_nobody = gateway.simulate(fresh, 30, "root").body;
  CHECK((of_nobody["films"] == 0 && of_nobody["closed_films"] == 3 && of_nobody["lost_masks"].empty()));
  // On the gateway's own machine roles are not asked for, gates are.
  ipc::Message request;
  request.body = {{"type", "policy.simulate"}, {"text", fresh}, {"days", 30}};
  const json local = serve::administer(*gateway.core, request, gateway.now, "root").value().body;
  CHECK((local["films"] == 2 && local["closed_films"] == 1));
}

TEST_CASE("a policy with mistakes is named, and nothing of it comes into force") {
  Remembering gateway;
  const std::string before = gateway.core->policy->digest();
  const Answer wrong = gateway.simulate("rules:\n  - {name: x, users: \"*\", targets: \"*\", alow: true}\n");
  CHECK(wrong.status == 422);
  CHECK(wrong.body["detail"].get<std::string>().find("alow") != std::string::npos);
  CHECK(gateway.simulate("rules: []\n", 0).status == 422);
  CHECK(gateway.core->policy->digest() == before);
}

TEST_CASE("a policy is explained for a time, a client's address and a ticket's number, rule by rule") {
  ApiGateway gateway;
  gateway.core->policy.replace(policy::Policy::parse("rules:\n"
                                                     "  - {name: night, users: anna, targets: dc1, hours: [{days: [mon-sun], from: '22:00', to: '06:00', zone: Europe/Berlin}]}\n"
                                                     "  - {name: office, users: anna, targets: dc1, networks: [10.0.0.0/8], allow: true, reason: required}\n"
                                                     "  - {name: change, users: anna, targets: dc1, tickets: ['CHG-[0-9]+'], allow: true}\n",
                                                     "test").value());
  const auto explained = [&](const std::string& more) { return gateway.ask("root", Method::get, "/api/v1/policy/explain?user=anna&target=dc1" + more).body; };
  const json office = explained("&at=2027-01-11T12:00:00Z&from=10.1.2.3");
  CHECK((office["rule"] == "office" && office["allow"] == true));
  CHECK(office["why"][0] == "\"night\" does not match: hours.");
  CHECK(office["why"].dump().find("connect: allowed, with a reason") != std::string::npos);
  const json night = explained("&at=2027-01-11T21:00:00Z&from=10.1.2.3");  // 22:00 in Berlin
  CHECK((night["rule"] == "night" && night["allow"] == false));
  CHECK(explained("&at=2027-01-11T20:59:59Z&from=10.1.2.3")["rule"] == "office");
  const json elsewhere = explained("&at=2027-01-11T12:00:00Z&from=192.0.2.7");
  CHECK((elsewhere["rule"].is_null() && elsewhere["allow"] == false));
  CHECK(elsewhere["why"] == json{"\"night\" does not match: hours.", "\"office\" does not match: networks.", "\"change\" does not match: tickets.", "No rule matches, so the answer is no."});
  CHECK(explained("&at=2027-01-11T12:00:00Z&ticket=CHG-7")["rule"] == "change");
  for (const char* wrong : {"&at=yesterday", "&from=10.1.2", "&from=host"}) {
    INFO(wrong);
    CHECK(gateway.ask("root", Method::get, std::string("/api/v1/policy/explain?user=anna&target=dc1") + wrong).status == 422);
  }
}
