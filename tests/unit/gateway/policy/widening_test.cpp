#include "gateway/policy/widening.h"

#include <catch2/catch.hpp>

using namespace frostgate;
using namespace frostgate::policy;

namespace {

Policy rules_of(const std::string& rules) {
  auto policy = Policy::parse("rules:\n" + rules, "policy.yaml");
  INFO((policy ? std::string() : policy.error().message));
  REQUIRE(policy);
  return std::move(policy).value();
}

std::vector<std::string> found(const std::string& before, const std::string& after) { return widenings(rules_of(before), rules_of(after)); }

// One rule with other members on each side; what is found of it, without where.
std::vector<std::string> of_one(const std::string& before, const std::string& after) {
  const std::string rule = "  - {name: prod, users: anna, targets: dc1, allow: true";
  const auto with = [&](const std::string& more) { return rule + (more.empty() ? "" : ", " + more) + "}\n"; };
  std::vector<std::string> out;
  for (const std::string& one : found(with(before), with(after))) {
    const std::string where = "policy.yaml:2: the rule \"prod\" is wider: ";
    out.push_back(one.starts_with(where) ? one.substr(where.size()) : one);
  }
  return out;
}

using Found = std::vector<std::string>;

}  // namespace

TEST_CASE("the same policy, and one that takes away, are not wider") {
  const std::string rules = "  - {name: vault, users: \"*\", targets: vault}\n"
                            "  - {name: staff, users: [anna, bob], targets: \"db*\", allow: true, clipboard: {to_target: text, to_client: text}}\n";
  CHECK(found(rules, rules).empty());
  CHECK(found(rules, "  - {name: vault, users: \"*\", targets: \"*vault\"}\n"
                     "  - {name: night, users: eve, targets: \"*\"}\n"
                     "  - {name: staff, users: [anna], targets: \"db1*\", allow: true, clipboard: {}}\n")
            .empty());
  CHECK(found(rules, "  - {name: vault, users: \"*\", targets: vault}\n").empty());
}

TEST_CASE("a new rule is wider unless one gave as much, and a rule that denied and allows, is gone or shrinks is named") {
  const std::string staff = "  - {name: staff, users: [anna, bob], targets: \"db*\", allow: true, clipboard: {to_target: text}}\n";
  CHECK(found(staff, staff + "  - {name: anna, users: anna, targets: db1, allow: true}\n").empty());
  CHECK(found(staff, staff + "  - {name: anna, users: anna, targets: db1, allow: true, clipboard: {to_target: text, to_client: text}}\n") ==
        Found{"policy.yaml:3: the rule \"anna\" is new, and allows more than any rule did"});
  CHECK(found(staff, staff + "  - {name: eve, users: eve, targets: db1, allow: true}\n").size() == 1);
  const std::string denies = "  - {name: vault, users: \"*\", targets: \"vault*\"}\n";
  CHECK(found(denies, staff) == Found{"policy.yaml:2: the rule \"staff\" is new, and allows more than any rule did",
                                      "policy.yaml:2: the rule \"vault\" denied, and is gone"});
  CHECK(found(denies, "  - {name: vault, users: \"*\", targets: vault1}\n") == Found{"policy.yaml:2: the rule \"vault\" denies less than it did"});
  CHECK(found(denies, "  - {name: vault, users: \"*\", targets: \"vault*\", allow: true}\n") == Found{"policy.yaml:2: the rule \"vault\" allows, and denied before"});
}

TEST_CASE("a rule that comes now before one that denied is wider") {
  const std::string staff = "  - {name: staff, users: anna, targets: \"*\", allow: true}\n", vault = "  - {name: vault, users: \"*\", targets: vault}\n";
  CHECK(found(vault + staff, staff + vault) == Found{"policy.yaml:2: the rule \"staff\" comes now before what denied: vault"});
  CHECK(found(staff + vault, vault + staff).empty());
}

TEST_CASE("conditions that let more through are named") {
  const auto matches = [](const std::string& before, const std::string& after) {
    return found("  - {name: one, allow: true, " + before + "}\n", "  - {name: one, allow: true, " + after + "}\n");
  };
  const std::string more = "policy.yaml:2: the rule \"one\" matches more than it did, by its ";
  CHECK(matches("users: anna, targets: dc1", "users: [anna, bob], targets: \"dc*\"") == Found{more + "users, targets"});
  CHECK(matches("users: anna, targets: dc1, protocols: [rdp], networks: [10.1.0.0/16]", "users: anna, targets: dc1, networks: [10.0.0.0/8]") == Found{more + "protocols, networks"});
  CHECK(matches("users: anna, targets: dc1, networks: [10.0.0.0/8]", "users: anna, targets: dc1, networks: [10.1.0.0/16]").empty());
  CHECK(matches("users: anna, targets: dc1, tickets: ['CHG-.*']", "users: anna, targets: dc1") == Found{more + "tickets"});
  CHECK(matches("users: anna, targets: dc1, tickets: ['CHG-.*']", "users: anna, targets: dc1, tickets: ['CHG-.*', 'INC-.*']") == Found{more + "tickets"});
  CHECK(matches("users: anna, targets: dc1, tickets: ['CHG-.*', 'INC-.*']", "users: anna, targets: dc1, tickets: ['CHG-.*']").empty());
  CHECK(matches("users: anna, targets: dc1, tags: {env: prod}", "users: anna, targets: dc1, tags: {env: \"*\"}") == Found{more + "tags"});
}

TEST_CASE("what a grant gives more is named, and what it gives less is not") {
  CHECK(of_one("clipboard: {}", "clipboard: {to_target: text, to_client: text}") == Found{"text copied to the target is allowed, and was denied", "text copied to the client is allowed, and was denied"});
  CHECK(of_one("clipboard: {to_target: text, to_client: text}", "clipboard: {}").empty());
  CHECK(of_one("clipboard: {to_target: [text, images]}", "clipboard: {to_target: [images, files]}") == Found{"files copied to the target is allowed, and was denied"});
  CHECK(of_one("channels: {drives: read}", "channels: {drives: allow}") == Found{"writing to the user's drives is allowed, and was denied"});
  CHECK(of_one("", "channels: {drives: read, printers: allow, ports: allow, smartcards: allow, sound: allow}").size() == 5);
  CHECK(of_one("channels: {drives: allow, printers: allow, ports: allow, smartcards: allow, sound: allow}", "channels: {drives: read}").empty());
  CHECK(of_one("approval: {needed: 2, users: [carl, dora]}", "approval: {needed: 1, users: [carl]}") == Found{"connect needs 1 approval(s) instead of 2"});
  CHECK(of_one("approval: {users: [carl]}", "approval: {users: [carl, dora]}") == Found{"connect may be approved also by: dora"});
  CHECK(of_one("approval: {users: [carl, dora]}", "approval: {needed: 2, users: [carl, dora]}").empty());
  CHECK(of_one("reason: required", "") == Found{"connect needs no reason any more"});
  CHECK(of_one("gates: {export: {approval: {groups: [leads]}}}", "gates: {export: {allow: true}}") == Found{"export needs 0 approval(s) instead of 1"});
  CHECK(of_one("gates: {watch: {allow: false}}", "gates: {watch: {allow: true}}") == Found{"watch is allowed, and was denied"});
  CHECK(of_one("session: {max_seconds: 3600}", "") == Found{"seconds of a session: no limit instead of 3600"});
  CHECK(of_one("", "session: {max_seconds: 3600}").empty());
}

TEST_CASE("a film that would show more is wider") {
  CHECK(of_one("profile: strict", "profile: balanced") == Found{"the film is redacted by the profile balanced instead of strict"});
  CHECK(of_one("detectors: {disabled: [number.card]}", "detectors: {disabled: [number.card, token]}") == Found{"the film shows what these detectors find: token"});
  CHECK(of_one("profile: balanced", "ocr: {languages: [eng]}") == Found{"the film is read in eng instead of the gateway's languages"});
  CHECK(of_one("ocr: {languages: [eng]}", "profile: balanced, ocr: {languages: eng}").empty());
  CHECK(of_one("", "detectors: {enabled: [number.card]}") == Found{"only these detectors look at the film: number.card"});
  CHECK(of_one("detectors: {enabled: [number.card, token]}", "detectors: {enabled: [number.card]}") == Found{"the film shows what these detectors find: token"});
}

TEST_CASE("a longer pause, a session that goes on unrecorded and another retention class are wider") {
  CHECK(of_one("gates: {pause: {allow: true, longest_minutes: 5}}", "gates: {pause: {allow: true, longest_minutes: 6}}") == Found{"a pause of the recording may last 6 minutes instead of 5"});
  CHECK(of_one("gates: {pause: {allow: true, longest_minutes: 5}}", "gates: {pause: {allow: true, longest_minutes: 4}}").empty());
  CHECK(of_one("", "gates: {pause: {allow: true}}") == Found{"pause is allowed, and was denied"});
  CHECK(of_one("", "recording: {on_failure: continue}") == Found{"a session whose recording fails is allowed to go on, and was not"});
  CHECK(of_one("recording: {on_failure: continue}", "").empty());
  CHECK(of_one("retention: long", "retention: short") == Found{"recordings are kept by the class short instead of the class long"});
}
