#include <fstream>
#include <set>

#include "gateway/serve/admin.h"
#include "gateway/serve/decision.h"
#include "gateway/serve/relay_broker.h"
#include "tests/unit/gateway/serve/gateway_fixture.h"

using namespace frostgate;
using namespace frostgate::serve;
using nlohmann::json;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

constexpr const char* kPolicy = R"(
groups: {leads: [carl, anna], bosses: [bert]}
rules:
  - name: prod
    users: "*"
    targets: dc1
    allow: true
    session: {per_user: 9}
    approval: {needed: 1, groups: [leads], wait_minutes: 10, valid_minutes: 5}
  - name: asked
    users: "*"
    targets: kiosk
    allow: true
    approval: {needed: 1, groups: [leads]}
    reason: required
    ticket: 'CHG-[0-9]+'
    emergency: allow
  - {name: why, users: "*", targets: vault, allow: true, reason: required}
)";

// On dc1 by a change's number, with carl's word by an incident's; anna also by nothing but a reason.
constexpr const char* kByNumber = R"(
groups: {leads: [carl]}
rules:
  - {name: change, users: "*", targets: dc1, tickets: ['CHG-[0-9]+'], allow: true}
  - {name: incident, users: "*", targets: dc1, tickets: ['INC-[0-9]+'], allow: true, approval: {needed: 1, groups: [leads]}}
  - {name: plain, users: anna, targets: dc1, allow: true, reason: required}
)";

class Waiting {
 public:
  Waiting() {
    gateway.core->policy.replace(policy::Policy::parse(kPolicy, "test").value());
    for (const char* name : {"anna", "carl"}) gateway.make_approver(name);
  }
  std::unique_ptr<RelayBroker> come(const std::string& target, const std::string& user = "anna") {
    auto broker = std::make_unique<RelayBroker>(*gateway.core, SessionOrigin{new_session_id(kNow).value(), FrontKind::rdp, "192.0.2.7"});
    CHECK(say(*broker, {{"type", "authenticate"}, {"user", user + "@" + target}, {"domain", ""}, {"password", kPassword}}).value("type", "") == "admitted");
    return broker;
  }
  json say(RelayBroker& broker, json body, UtcTime now = kNow) {
    ipc::Message question = message(std::move(body));
    RelayBroker::Reply reply = broker.handle(question, now);
    ended = reply.end_relay;
    return reply.body.is_null() ? json::object() : reply.body;
  }
  json open(RelayBroker& broker, UtcTime now = kNow) { return say(broker, {{"type", "open_target"}}, now); }
  json poll(RelayBroker& broker, UtcTime now) {
    const RelayBroker::Reply reply = broker.poll(now);
    return reply.body.is_null() ? json::object() : reply.body;
  }
  approvals::Request only_request(UtcTime now = kNow) {
    const auto all = gateway.core->approvals->list({}, now);
    REQUIRE(all);
    REQUIRE(all.value().size() == 1);
    return all.value()[0];
  }
  json decide(const std::string& id, const std::string& as, int approve, const std::string& comment = "", const std::string& password = kPassword) {
    ipc::Message request = message({{"type", "request.decide"}, {"id", id}, {"approve", approve}, {"comment", comment}, {"as", as}, {"code", ""}, {"password", password}});
    const auto answer = administer(*gateway.core, request, kNow);
    return answer ? answer.value().body : json(answer.error().message);
  }

  Gateway gateway;
  bool ended = false;
};

}  // namespace

TEST_CASE("who needs approval waits, and gets to the target the moment it is granted") {
  Waiting world;
  const auto broker = world.come("dc1");
  const json wait = world.open(*broker);
  CHECK(wait["type"] == "wait");
  CHECK_THAT(wait["text"].get<std::string>(), Catch::Matchers::Contains("group leads"));
  CHECK(world.poll(*broker, kNow + seconds(1)).empty());
  CHECK_FALSE(world.gateway.target_was_called());
  const std::string id = world.only_request().id;
  CHECK(world.decide(id, "anna", 1) == "nobody decides on a request of their own");
  CHECK(world.decide(id, "carl", 1, "", "wrong") == "the name, the password or the code is wrong");
  CHECK(world.poll(*broker, kNow + seconds(2)).empty());
  CHECK(world.decide(id, "carl", 1)["request"]["state"] == "approved");
  CHECK(world.poll(*broker, kNow + seconds(3))["type"] == "target");
  CHECK(world.only_request().state == approvals::State::used);
  CHECK(world.only_request().used_by == broker->origin().id);
  broker->relay_ended("exit status 0", 0.5, kNow);
  CHECK(world.gateway.recordings().at(0).report_json.find(id) != std::string::npos);
}

TEST_CASE("a refusal, its comment, and the end of patience are the user's to read, and nothing is opened") {
  Waiting world;
  const auto refused = world.come("dc1");
  world.open(*refused);
  world.decide(world.only_request().id, "carl", 0, "not during the freeze");
  const json no = world.poll(*refused, kNow + seconds(1));
  CHECK(no["type"] == "not_approved");
  CHECK_THAT(no["reason"].get<std::string>(), Catch::Matchers::Contains("carl") && Catch::Matchers::Contains("not during the freeze"));
  const auto late = world.come("dc1");
  CHECK(world.open(*late)["type"] == "wait");
  CHECK(world.poll(*late, kNow + minutes(9)).empty());
  CHECK_THAT(world.poll(*late, kNow + minutes(10))["reason"].get<std::string>(), Catch::Matchers::Contains("in time"));
  CHECK_FALSE(world.gateway.target_was_called());
  CHECK(world.gateway.recordings().empty());
}

TEST_CASE("an approval that was granted before opens the target at once, once, and within its time") {
  Waiting world;
  ipc::Message create = message({{"type", "request.create"}, {"kind", "start"}, {"user", "anna"}, {"target", "dc1"}, {"recording", ""}, {"reason", ""}, {"ticket", ""}});
  const auto made = administer(*world.gateway.core, create, kNow);
  REQUIRE(made);
  world.decide(made.value().body["request"]["id"], "carl", 1);
  CHECK(world.open(*world.come("dc1"), kNow + minutes(5))["type"] == "wait");
  Waiting other;
  const auto again = administer(*other.gateway.core, create, kNow);
  other.decide(again.value().body["request"]["id"], "carl", 1);
  const auto first = other.come("dc1"), second = other.come("dc1");
  CHECK(other.open(*first, kNow + minutes(4))["type"] == "target");
  CHECK(other.open(*second, kNow + minutes(4))["type"] == "wait");
}

TEST_CASE("a target that does not answer uses up no approval") {
  Waiting world;
  ipc::Message create = message({{"type", "request.create"}, {"kind", "start"}, {"user", "anna"}, {"target", "dc1"}, {"recording", ""}, {"reason", ""}, {"ticket", ""}});
  const auto made = administer(*world.gateway.core, create, kNow);
  REQUIRE(made);
  world.decide(made.value().body["request"]["id"], "carl", 1);
  REQUIRE(catalog::Targets(*world.gateway.core->catalog).set_credential_aside("dc1", kNow));
  CHECK(world.open(*world.come("dc1"))["type"] == "refused");
  CHECK(world.only_request().state == approvals::State::approved);
  REQUIRE(catalog::Targets(*world.gateway.core->catalog).trust_credential("dc1"));
  CHECK(world.open(*world.come("dc1"))["type"] == "target");
  CHECK(world.only_request().state == approvals::State::used);
}

TEST_CASE("who leaves before typing the account that is asked for uses up no approval") {
  Waiting world;
  REQUIRE(catalog::Targets(*world.gateway.core->catalog).set_account("dc1", {catalog::Account::asked, {}, {}, {}}));
  ipc::Message create = message({{"type", "request.create"}, {"kind", "start"}, {"user", "anna"}, {"target", "dc1"}, {"recording", ""}, {"reason", ""}, {"ticket", ""}});
  const auto made = administer(*world.gateway.core, create, kNow);
  REQUIRE(made);
  world.decide(made.value().body["request"]["id"], "carl", 1);
  const auto broker = world.come("dc1");
  CHECK(world.open(*broker)["type"] == "target_account");
  broker->relay_ended("it left", 0, kNow);
  CHECK(world.only_request().state == approvals::State::approved);
  const auto again = world.come("dc1");
  CHECK(world.open(*again)["type"] == "target_account");
  world.say(*again, {{"type", "target_account"}});
  CHECK(world.open(*again)["type"] == "target");
  CHECK(world.only_request().state == approvals::State::used);
}

TEST_CASE("a session that cannot be recorded uses up no approval") {
  Waiting world;
  ipc::Message create = message({{"type", "request.create"}, {"kind", "start"}, {"user", "anna"}, {"target", "dc1"}, {"recording", ""}, {"reason", ""}, {"ticket", ""}});
  const auto made = administer(*world.gateway.core, create, kNow);
  REQUIRE(made);
  world.decide(made.value().body["request"]["id"], "carl", 1);
  const std::filesystem::path journals = world.gateway.core->config.journal_dir();
  std::filesystem::rename(journals, journals.string() + ".aside");
  std::ofstream(journals) << "no folder";
  const auto broker = world.come("dc1");
  CHECK_THAT(world.open(*broker)["reason"].get<std::string>(), Catch::Matchers::Contains("cannot be recorded"));
  broker->relay_ended("exit status 0", 0.1, kNow);
  CHECK(world.only_request().state == approvals::State::approved);
  CHECK(world.gateway.recordings().empty());
  std::filesystem::remove(journals);
  std::filesystem::rename(journals.string() + ".aside", journals);
  CHECK(world.open(*world.come("dc1"))["type"] == "target");
  CHECK(world.only_request().state == approvals::State::used);
}

TEST_CASE("the word of an approver who was disabled since does not count") {
  Waiting world;
  const auto broker = world.come("dc1");
  world.open(*broker);
  CHECK(world.decide(world.only_request().id, "carl", 1)["request"]["state"] == "approved");
  REQUIRE(catalog::Users(*world.gateway.core->catalog).disable("carl"));
  const json answer = world.poll(*broker, kNow + seconds(1));
  CHECK(answer["type"] == "not_approved");
  CHECK_THAT(answer["reason"].get<std::string>(), Catch::Matchers::Contains("disabled since"));
  CHECK_FALSE(world.gateway.target_was_called());
}

TEST_CASE("whoever was disabled, or is not let in by the policy any more, while waiting for an approval does not get in with it") {
  const auto approved_after = [](const std::function<void(Core&)>& change) {
    Waiting world;
    const auto broker = world.come("dc1");
    world.open(*broker);
    change(*world.gateway.core);
    world.decide(world.only_request().id, "carl", 1);
    const json answer = world.poll(*broker, kNow + seconds(1));
    CHECK(world.gateway.target_was_called() == (answer["type"] == "target"));
    return answer["type"].get<std::string>();
  };
  CHECK(approved_after([](Core&) {}) == "target");
  CHECK(approved_after([](Core& core) { REQUIRE(catalog::Users(*core.catalog).disable("anna")); }) == "refused");
  CHECK(approved_after([](Core& core) {
          const std::string prod = "rules:\n  - {name: prod, users: \"*\", targets: dc1, allow: true, approval: {needed: NEEDED, groups: [leads], wait_minutes: 10, valid_minutes: 5}}\ngroups: {leads: [carl, bert]}\n";
          core.policy.replace(policy::Policy::parse(std::string(prod).replace(prod.find("NEEDED"), 6, "2"), "test").value());
        }) == "refused");
  // What else has changed counts, too.
  CHECK(approved_after([](Core& core) {
          core.policy.replace(policy::Policy::parse("rules:\n  - {name: prod, users: \"*\", targets: dc1, allow: true, session: {max_seconds: 77}, approval: {needed: 1, groups: [leads], wait_minutes: 10, valid_minutes: 5}}\ngroups: {leads: [carl]}\n", "test").value());
        }) == "target");
  CHECK(approved_after([](Core& core) {
          core.policy.replace(policy::Policy::parse("rules:\n  - {name: others, users: bert, targets: \"*\", allow: true}\ngroups: {leads: [carl]}\n", "test").value());
        }) == "refused");
}

TEST_CASE("a session ends when its approval is revoked") {
  Waiting world;
  const auto broker = world.come("dc1");
  world.open(*broker);
  const std::string id = world.only_request().id;
  world.decide(id, "carl", 1);
  REQUIRE(world.poll(*broker, kNow + seconds(1))["type"] == "target");
  world.poll(*broker, kNow + seconds(2));
  CHECK(world.gateway.core->sessions.take_orders(broker->origin().id).empty());
  ipc::Message revoke = message({{"type", "request.revoke"}, {"id", id}, {"comment", "wrong machine"}});
  REQUIRE(administer(*world.gateway.core, revoke, kNow));
  world.poll(*broker, kNow + seconds(3));
  world.poll(*broker, kNow + seconds(4));
  const auto orders = world.gateway.core->sessions.take_orders(broker->origin().id);
  REQUIRE(orders.size() == 1);
  CHECK(orders[0]["type"] == "end");
  CHECK_THAT(orders[0]["message"].get<std::string>(), Catch::Matchers::Contains("wrong machine"));
}

TEST_CASE("a rule may ask why, and goes on only with what it asks for") {
  Waiting world;
  const auto broker = world.come("kiosk");
  const json question = world.open(*broker);
  CHECK(question["type"] == "justify");
  CHECK(std::tuple(question["ticket"], question["emergency"]) == std::tuple(json(1), json(1)));
  CHECK(world.say(*broker, {{"type", "justify"}, {"reason", "index"}, {"ticket", "INC-1"}, {"emergency", 0}}).empty());
  CHECK_THAT(world.open(*broker)["text"].get<std::string>(), Catch::Matchers::Contains("CHG-[0-9]+"));
  world.say(*broker, {{"type", "justify"}, {"reason", "index"}, {"ticket", "CHG-1"}, {"emergency", 0}});
  CHECK(world.open(*broker)["type"] == "wait");
  CHECK(world.only_request().ticket == "CHG-1");
  world.say(*broker, {{"type", "justify"}, {"reason", "index"}, {"ticket", "CHG-1"}, {"emergency", 1}});
  CHECK(world.ended);

  const auto plain = world.come("vault");
  CHECK(world.open(*plain)["type"] == "justify");
  world.say(*plain, {{"type", "justify"}, {"reason", "look around"}, {"ticket", ""}, {"emergency", 0}});
  CHECK(world.open(*plain)["type"] == "target");
  plain->relay_ended("exit status 0", 0.5, kNow);
  CHECK(world.gateway.recordings().at(0).report_json.find("look around") != std::string::npos);
}

TEST_CASE("an emergency begins at once where the rule knows one, and is reviewed") {
  Waiting world;
  const auto broker = world.come("kiosk");
  world.open(*broker);
  world.say(*broker, {{"type", "justify"}, {"reason", "the shop is down"}, {"ticket", "CHG-2"}, {"emergency", 1}});
  CHECK(world.open(*broker)["type"] == "target");
  const approvals::Request request = world.only_request();
  CHECK(request.emergency);
  CHECK_FALSE(request.reviewed);
  const auto review = [&](const char* as) {
    ipc::Message message_ = message({{"type", "request.review"}, {"id", request.id}, {"comment", "it was"}, {"as", as}, {"code", ""}, {"password", kPassword}});
    return administer(*world.gateway.core, message_, kNow);
  };
  CHECK_FALSE(review("anna"));
  CHECK(review("carl"));
  CHECK(world.only_request().reviewer == "carl");
  // Where the rule knows none, a relay cannot make one.
  const auto other = world.come("dc1");
  world.say(*other, {{"type", "justify"}, {"reason", "x"}, {"ticket", ""}, {"emergency", 1}});
  CHECK(world.open(*other)["type"] != "target");
}

TEST_CASE("where a ticket's number chooses the rule it is asked for first, and the session is that rule's") {
  Waiting world;
  world.gateway.core->policy.replace(policy::Policy::parse(kByNumber, "test").value());
  const auto say_number = [&](RelayBroker& broker, const std::string& number) {
    const json question = world.open(broker);
    CHECK(question["type"] == "justify");
    CHECK(question["ticket"] == 1);
    CHECK(question["reason"] == 0);
    world.say(broker, {{"type", "justify"}, {"reason", ""}, {"ticket", number}, {"emergency", 0}});
    return world.open(broker);
  };
  // A change needs nothing more.
  const auto change = world.come("dc1");
  CHECK(say_number(*change, "CHG-7")["type"] == "target");
  change->relay_ended("exit status 0", 0.5, kNow);
  CHECK(world.gateway.recordings().at(0).rule == "change");
  CHECK(json::parse(world.gateway.recordings().at(0).report_json)["ticket"] == "CHG-7");
  // Without a number, or by one that no rule is for, the next rules are tried: one asks why, and for no number again.
  const auto plain = world.come("dc1");
  const json why = say_number(*plain, "");
  CHECK(why["type"] == "justify");
  CHECK(why["ticket"] == 0);
  world.say(*plain, {{"type", "justify"}, {"reason", "patching"}, {"ticket", "CHG-9"}, {"emergency", 0}});
  CHECK(world.open(*plain)["type"] == "target");
  plain->relay_ended("exit status 0", 0.5, kNow);
  // Both began at the same time, so that either may be the first.
  const auto both = world.gateway.recordings();
  REQUIRE(both.size() == 2);
  CHECK(std::set<std::string>{both[0].rule, both[1].rule} == std::set<std::string>{"change", "plain"});
}

TEST_CASE("who gives a ticket's number that no rule is for is not let in, and guesses once a session") {
  Waiting world;
  world.gateway.core->policy.replace(policy::Policy::parse(kByNumber, "test").value());
  for (const char* number : {"", "CHG-x", "INC-1 or CHG-1"}) {
    INFO(number);
    const auto broker = world.come("dc1", "carl");
    CHECK(world.open(*broker)["type"] == "justify");
    world.say(*broker, {{"type", "justify"}, {"reason", ""}, {"ticket", number}, {"emergency", 0}});
    const json no = world.open(*broker);
    CHECK(no["type"] == "not_approved");
    CHECK_THAT(no["reason"].get<std::string>(), Catch::Matchers::Contains(*number ? number : "without a ticket"));
    world.say(*broker, {{"type", "justify"}, {"reason", ""}, {"ticket", "CHG-1"}, {"emergency", 0}});
    CHECK(world.ended);
    world.open(*broker);
    CHECK(world.ended);
  }
  CHECK_FALSE(world.gateway.target_was_called());
}

TEST_CASE("an approval for a ticket is good for that ticket's number") {
  Waiting world;
  world.gateway.core->policy.replace(policy::Policy::parse(kByNumber, "test").value());
  const auto ask_for = [&](const std::string& number) {
    ipc::Message create = message({{"type", "request.create"}, {"kind", "start"}, {"user", "anna"}, {"target", "dc1"}, {"recording", ""}, {"reason", ""}, {"ticket", number}});
    const auto made = administer(*world.gateway.core, create, kNow);
    return made ? made.value().body["request"] : json(made.error().message);
  };
  const json request = ask_for("INC-1");
  CHECK(request["rule"] == "incident");
  world.decide(request["id"], "carl", 1);
  const auto come_with = [&](const std::string& number) {
    auto broker = world.come("dc1");
    world.open(*broker);
    world.say(*broker, {{"type", "justify"}, {"reason", ""}, {"ticket", number}, {"emergency", 0}});
    return world.open(*broker)["type"];
  };
  CHECK(come_with("INC-2") == "wait");
  CHECK(come_with("INC-1") == "target");
}
