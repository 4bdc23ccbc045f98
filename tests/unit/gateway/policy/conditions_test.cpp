#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "gateway/policy/policy.h"
#include "gateway/policy/policy_check.h"
#include "gateway/policy/review_date.h"
#include "gateway/policy/sources.h"
#include "tests/unit/gateway/files.h"

using namespace frostgate;
using namespace frostgate::policy;
using Catch::Matchers::Contains;

namespace {

Policy parsed(const std::string& text) {
  auto policy = Policy::parse(text, "test.yaml");
  INFO((policy ? std::string() : policy.error().message));
  REQUIRE(policy);
  return std::move(policy).value();
}

Policy with(const std::string& conditions) { return parsed("groups: {ops: [anna]}\nrules: [{name: r, targets: \"*\", allow: true, " + conditions + "}]"); }

Request arrival(const std::string& at = "2027-01-11T12:00", const std::string& address = "10.1.2.3") {
  Request out;
  out.user = "anna";
  out.target = "dc1";
  out.protocol = "rdp";
  out.at = moment(at).value();
  out.address = address;
  return out;
}

bool allowed(const Policy& policy, const Request& wanted) { return policy.decide(wanted).has_value(); }

}  // namespace

TEST_CASE("hours are those of their zone, in winter and in summer") {
  const Policy berlin = with("users: \"*\", hours: [{days: [mon-fri], from: '08:00', to: '18:00', zone: Europe/Berlin}]");
  // 2027-01-11 is a Monday; Berlin is one hour ahead of UTC in winter, two in summer.
  CHECK_FALSE(allowed(berlin, arrival("2027-01-11T06:59")));
  CHECK(allowed(berlin, arrival("2027-01-11T07:00")));
  CHECK(allowed(berlin, arrival("2027-01-11T16:59")));
  CHECK_FALSE(allowed(berlin, arrival("2027-01-11T17:00")));
  CHECK(allowed(berlin, arrival("2027-07-12T06:00")));
  CHECK_FALSE(allowed(berlin, arrival("2027-07-12T16:00")));
  CHECK_FALSE(allowed(berlin, arrival("2027-01-10T12:00")));
}

TEST_CASE("hours that end before they begin go over midnight, and belong to the day they begin on") {
  const Policy night = with("users: \"*\", hours: [{days: fri, from: '22:00', to: '06:00', zone: UTC}]");
  CHECK(allowed(night, arrival("2027-01-15T22:00")));
  CHECK(allowed(night, arrival("2027-01-16T05:59")));
  CHECK_FALSE(allowed(night, arrival("2027-01-16T06:00")));
  CHECK_FALSE(allowed(night, arrival("2027-01-15T05:00")));
}

TEST_CASE("networks, groups and roles must hold where they are given") {
  const Policy networks = with("users: \"*\", networks: [10.0.0.0/8, '2001:db8::/32']");
  CHECK(allowed(networks, arrival("2027-01-11", "10.255.0.1")));
  CHECK(allowed(networks, arrival("2027-01-11", "::ffff:10.255.0.1")));
  CHECK(allowed(networks, arrival("2027-01-11", "2001:db8:1::1")));
  CHECK_FALSE(allowed(networks, arrival("2027-01-11", "11.0.0.1")));
  CHECK_FALSE(allowed(networks, arrival("2027-01-11", "")));
  CHECK(allowed(with("groups: ops"), arrival()));
  CHECK_FALSE(allowed(with("groups: dba"), arrival()));
  Request dba = arrival();
  dba.groups = {"dba"};
  CHECK(allowed(with("groups: dba"), dba));
  CHECK_FALSE(allowed(with("roles: operator"), arrival()));
  dba.roles = {"operator"};
  CHECK(allowed(with("roles: operator"), dba));
}

TEST_CASE("a rule for tickets matches the whole number that was given, and without one the next is tried") {
  const Policy policy = parsed(R"(rules:
  - {name: frozen, users: "*", targets: "*", tickets: ['FREEZE-.*']}
  - {name: change, users: "*", targets: dc1, tickets: ['CHG-[0-9]{4}', 'INC-[0-9]+'], allow: true}
  - {name: dba, users: anna, targets: dc1, allow: true, reason: required}
)");
  const auto rule_for = [&](const std::string& number, const std::string& user = "anna") {
    Request wanted = arrival();
    wanted.user = user;
    wanted.pretext.ticket = number;
    const Rule* rule = policy.matching(wanted);
    return rule ? rule->name : std::string();
  };
  CHECK(rule_for("CHG-4711") == "change");
  CHECK(rule_for("INC-1") == "change");
  CHECK(rule_for("FREEZE-1") == "frozen");
  for (const char* number : {"", "CHG-471", "CHG-47111", "see CHG-4711", "chg-4711", "CHG-4711\n"}) {
    INFO(number);
    CHECK(rule_for(number) == "dba");
    CHECK(rule_for(number, "bert") == "");
  }
  Request bert = arrival();
  bert.user = "bert";
  CHECK(policy.explain(bert).at(1).failed == Condition::tickets);
  // A pattern that matches anything asks for a number all the same.
  CHECK_FALSE(allowed(with("users: \"*\", tickets: ['.*']"), arrival()));
}

TEST_CASE("what may come of a request without a ticket's number is the first rule that some number leads to, and no grant") {
  const Policy policy = parsed(R"(rules:
  - {name: frozen, users: anna, targets: "*", tickets: ['FREEZE-.*']}
  - {name: change, users: anna, targets: dc1, tickets: ['CHG-.*'], allow: true}
  - {name: no, users: anna, targets: dc1}
  - {name: never, users: anna, targets: dc1, tickets: ['X-.*'], allow: true}
  - {name: all, users: carl, targets: dc1, allow: true}
)");
  Request wanted = arrival();
  CHECK(policy.prospect(wanted).rule->name == "change");
  CHECK(policy.prospect(wanted).asks_number);
  CHECK_FALSE(policy.decide(wanted));
  wanted.pretext.ticket = "FREEZE-1";
  CHECK_FALSE(policy.prospect(wanted).rule);
  wanted.pretext.ticket = "CHG-1";
  CHECK(policy.prospect(wanted).rule->name == "change");
  CHECK_FALSE(policy.prospect(wanted).asks_number);
  wanted.pretext.ticket = "X-1";
  CHECK_FALSE(policy.prospect(wanted).rule);
  wanted = arrival();
  wanted.user = "carl";
  CHECK(policy.prospect(wanted).rule->name == "all");
  CHECK_FALSE(policy.prospect(wanted).asks_number);
  wanted.user = "bert";
  CHECK_FALSE(policy.prospect(wanted).rule);
}

TEST_CASE("a condition that makes no sense is refused with its line") {
  for (const char* bad : {"users: a, hours: [{days: [mon], from: '8', to: '9:00', zone: UTC}]", "users: a, hours: [{zone: Europe/Nowhere}]",
                          "users: a, hours: [{zone: ../../etc/passwd}]", "users: a, hours: [{from: '24:01', zone: UTC}]", "users: a, hours: [{days: monday, zone: UTC}]",
                          "users: a, networks: [10.0.0.1/8]", "users: a, networks: [10.0.0.0/33]", "users: a, networks: [host]", "users: a, tickets: ['CHG-[']", "users: a, review_by: 2027-02-30", ""}) {
    INFO(bad);
    const auto policy = Policy::parse("rules:\n  - {name: r, targets: t, " + std::string(bad) + "}", "p.yaml");
    REQUIRE_FALSE(policy);
    CHECK_THAT(policy.error().message, Contains("p.yaml:2: "));
  }
}

TEST_CASE("a text that would grow, or nests without end, is refused and not read to its end") {
  std::string anchors = "a0: &a0 [x, x]\n", deep = "rules: ", keys = "rules: ";
  for (int i = 1; i < 40; ++i) anchors += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) + ", *a" + std::to_string(i - 1) + "]\n";
  for (int i = 0; i < 100'000; ++i) deep += "[", keys += "{a: ";
  for (const std::string& text : std::vector<std::string>{anchors, "rules: &r [*r]\n", deep, keys, "rules: " + std::string(5 << 20, 'x')}) {
    INFO(text.substr(0, 40));
    CHECK_FALSE(Policy::parse(text, "test.yaml"));
  }
}

TEST_CASE("a directory is read in the order of its files' names, and its kept text decides the same") {
  const storage::TemporaryDirectory folder;
  write_file(folder.path() / "20-rest.yaml", "rules:\n  - {name: rest, users: \"*\", targets: \"*\", allow: true}");
  write_file(folder.path() / "10-deny.yaml", "groups: {ops: [anna]}\nrules:\n  - {name: no, groups: ops, targets: dc1}\n");
  write_file(folder.path() / "notes.txt", "no policy");
  const auto loaded = Policy::load(folder.path());
  REQUIRE(loaded);
  CHECK(loaded.value().rules().size() == 2);
  CHECK_FALSE(allowed(loaded.value(), arrival()));
  const auto kept = Policy::parse(loaded.value().text(), "kept");
  REQUIRE(kept);
  CHECK(kept.value().digest() == loaded.value().digest());
  CHECK(kept.value().matching(arrival())->name == "no");
  CHECK(kept.value().rules()[1].line == 2);
  write_file(folder.path() / "30-wrong.yaml", "rules:\n  - {name: rest, users: a, targets: b}\n  - {name: x, users: a, targts: b}\n");
  const auto wrong = Policy::load(folder.path());
  REQUIRE_FALSE(wrong);
  CHECK_THAT(wrong.error().message, Contains("30-wrong.yaml:2: \"name\" \"rest\" is taken") && Contains("30-wrong.yaml:3: unknown key \"targts\""));
  write_file(folder.path() / "30-wrong.yaml", "# frostgate policy file: x\nrules: []\n");
  CHECK_THAT(Policy::load(folder.path()).error().message, Contains("only the gateway writes"));
}

TEST_CASE("rules that can never match, and reviews that are over, are warned of") {
  const Policy policy = parsed(R"(
review_by: 2027-01-01
rules:
  - {name: night, users: "*", targets: "lab-*", hours: [{from: '22:00', to: '06:00', zone: UTC}], allow: true}
  - {name: lab, users: "*", targets: "lab-*", tags: {env: "*"}, allow: true}
  - {name: never, users: [anna], targets: ["lab-1*", lab-2], tags: {env: prod}, protocols: rdp, allow: true}
  - {name: sometimes, users: [anna], targets: lab-1, allow: true}
)");
  const std::vector<std::string> found = warnings(policy, moment("2027-01-02").value());
  REQUIRE(found.size() == 2);
  CHECK_THAT(found[0], Contains("test.yaml:6: the rule \"never\" can never match: \"lab\""));
  CHECK_THAT(found[1], Contains("should have been reviewed by 2027-01-01"));
  CHECK(warnings(policy, moment("2026-11-26").value()).size() == 1);
}

TEST_CASE("an explanation names the condition that failed of each rule before the one that decides") {
  const Policy policy = parsed(R"(rules:
  - {name: a, users: bert, targets: "*"}
  - {name: b, users: anna, targets: "*", networks: 192.0.2.0/24}
  - {name: c, users: anna, targets: "*", allow: true}
  - {name: d, users: anna, targets: "*"}
)");
  const std::vector<Policy::Step> steps = policy.explain(arrival());
  REQUIRE(steps.size() == 3);
  CHECK(steps[0].failed == Condition::users);
  CHECK(steps[1].failed == Condition::networks);
  CHECK_FALSE(steps[2].failed);
  CHECK(steps[2].rule->name == "c");
}

TEST_CASE("a decision depends on the time through the given time only, and a rule that does not match changes nothing") {
  const Policy with_hours = with("users: \"*\", hours: [{days: mon, zone: UTC}]");
  for (int i = 0; i < 3; ++i) CHECK(allowed(with_hours, arrival("2027-01-11T12:00")));
  CHECK_FALSE(allowed(with_hours, arrival("2027-01-12T12:00")));
}

// The published schema and the reader know the same keys.
TEST_CASE("the JSON schema has the keys that a policy's reader knows, everywhere") {
  std::ifstream file(FROSTGATE_SOURCE "/samples/policies/policy.schema.json");
  const nlohmann::json schema = nlohmann::json::parse(file);
  const auto known = [](const std::string& text) {
    const auto policy = Policy::parse(text, "t");
    REQUIRE_FALSE(policy);
    const std::string& message = policy.error().message;
    const std::string mark = "unknown key \"zzz\"; known here: ";
    const std::size_t at = message.find(mark);
    INFO(message);
    REQUIRE(at != std::string::npos);
    std::set<std::string> keys;
    std::string list = message.substr(at + mark.size(), message.find('\n', at) - at - mark.size());
    for (std::size_t begin = 0; begin < list.size();) {
      const std::size_t end = std::min(list.find(", ", begin), list.size());
      keys.insert(list.substr(begin, end - begin));
      begin = end + 2;
    }
    return keys;
  };
  const auto published = [&](const nlohmann::json& object) {
    std::set<std::string> keys;
    for (const auto& [key, value] : object.at("properties").items()) keys.insert(key);
    CHECK(object.at("additionalProperties") == false);
    return keys;
  };
  const nlohmann::json &defs = schema.at("$defs"), &rule = defs.at("rule"), &keys = rule.at("properties");
  const auto in_rule = [&](const std::string& text) { return known("rules: [{name: r, users: a, targets: t, " + text + "}]"); };
  CHECK(known("zzz: 1") == published(schema));
  CHECK(in_rule("zzz: 1") == published(rule));
  CHECK(in_rule("approval: {zzz: 1}") == published(defs.at("approval")));
  CHECK(in_rule("approval: {escalate: {zzz: 1}}") == published(defs.at("approval").at("properties").at("escalate")));
  CHECK(in_rule("gates: {zzz: 1}") == published(keys.at("gates")));
  CHECK(in_rule("gates: {watch: {zzz: 1}}") == published(defs.at("gate")));
  CHECK(in_rule("hours: [{zzz: 1}]") == published(keys.at("hours").at("items")));
  CHECK(in_rule("clipboard: {zzz: 1}") == published(keys.at("clipboard")));
  CHECK(in_rule("session: {zzz: 1}") == published(keys.at("session")));
  CHECK(in_rule("detectors: {zzz: 1}") == published(defs.at("detectors")));
  CHECK(in_rule("detectors: {custom: [{zzz: 1}]}") == published(defs.at("detectors").at("properties").at("custom").at("items")));
}
