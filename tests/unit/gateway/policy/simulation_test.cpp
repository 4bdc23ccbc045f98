#include "gateway/policy/simulation.h"

#include <catch2/catch.hpp>

using namespace frostgate;
using namespace frostgate::policy;

namespace {

constexpr UtcTime kMonday{std::chrono::seconds(1'800'000'000)};

Policy parsed_policy(const std::string& text) {
  auto policy = Policy::parse(text, "policy.yaml");
  INFO((policy ? std::string() : policy.error().message));
  REQUIRE(policy);
  return std::move(policy).value();
}

PastDecision decided(const Policy& then, const std::string& user, const std::string& target, int hours = 0) {
  PastDecision out;
  out.request.user = user;
  out.request.target = target;
  out.request.protocol = "rdp";
  out.request.at = kMonday + std::chrono::hours(hours);
  out.then = then.matching(out.request);
  out.allowed = out.then && out.then->allow;
  out.rule = out.then ? out.then->name : "";
  return out;
}

const std::string kBefore = "rules:\n"
                            "  - {name: vault, users: \"*\", targets: vault}\n"
                            "  - {name: staff, users: [anna, bob], targets: \"*\", allow: true}\n";

}  // namespace

TEST_CASE("the same policy changes nothing, and neither does one that only names its rules otherwise") {
  const Policy before = parsed_policy(kBefore);
  const std::vector<PastDecision> past{decided(before, "anna", "dc1"), decided(before, "eve", "dc1"), decided(before, "anna", "vault")};
  CHECK(simulate(before, past, {}).differences.empty());
  std::string renamed = kBefore;
  renamed.replace(renamed.find("staff"), 5, "people");
  const Simulation found = simulate(parsed_policy(renamed), past, {});
  CHECK(found.differences.empty());
  CHECK(found.decisions == 3);
}

TEST_CASE("who would be let in or kept out comes first, and what changes in the same way is one line with its number and last time") {
  const Policy before = parsed_policy(kBefore);
  const Policy after = parsed_policy("rules:\n  - {name: dc, users: [anna, eve], targets: dc1, allow: true, approval: {groups: [leads], needed: 2}, reason: required}\n");
  std::vector<PastDecision> past;
  for (int i = 0; i < 3; ++i) past.push_back(decided(before, "anna", "dc1", i));
  past.push_back(decided(before, "bob", "dc1"));
  past.push_back(decided(before, "eve", "dc1"));
  past.push_back(decided(before, "eve", "vault"));
  const Simulation found = simulate(after, past, {});
  REQUIRE(found.differences.size() == 3);
  CHECK((found.differences[0].user == "bob" && found.differences[0].allowed_before && !found.differences[0].allowed_after && found.differences[0].rule_after.empty()));
  CHECK((found.differences[1].user == "eve" && !found.differences[1].allowed_before && found.differences[1].allowed_after && found.differences[1].rule_after == "dc"));
  const Difference& anna = found.differences[2];
  CHECK((anna.user == "anna" && anna.decisions == 3 && anna.last == kMonday + std::chrono::hours(2)));
  REQUIRE(anna.changes.size() == 1);
  CHECK((anna.changes[0] == Change{"connect", "without approval", "2 approval(s) of groups leads, a reason"}));
  CHECK(anna.compared);
}

TEST_CASE("what a rule asks and imposes is compared key by key, in words") {
  const auto rule = [](const std::string& keys) {
    return parsed_policy("rules:\n  - {name: r, users: \"*\", targets: \"*\", allow: true" + keys + "}\n").rules().front();
  };
  const auto one = [&](const std::string& keys, const std::string& after = "") {
    const auto found = changes(rule(after), rule(keys));
    REQUIRE(found.size() == 1);
    return found.front();
  };
  CHECK(changes(rule(""), rule("")).empty());
  CHECK((one(", clipboard: {to_target: text}") == Change{"text copied to the target", "denied", "allowed"}));
  CHECK((one(", clipboard: {to_client: files}") == Change{"files copied to the client", "denied", "allowed"}));
  CHECK((one(", channels: {drives: read}") == Change{"the user's drives", "denied", "can be read"}));
  CHECK((one(", channels: {sound: allow}") == Change{"sound for the user", "denied", "allowed"}));
  CHECK((one(", session: {idle_seconds: 300}") == Change{"seconds without input", "no limit", "300"}));
  CHECK((one(", consent: Recorded.") == Change{"consent", "no notice", "\"Recorded.\""}));
  CHECK((one(", gates: {export: {allow: false}}") == Change{"export", "without approval", "nobody"}));
  CHECK((one(", ticket: 'CHG-[0-9]+'") == Change{"connect", "without approval", "without approval, a ticket like CHG-[0-9]+"}));
  CHECK(one(", approval: {users: [paula], valid_minutes: 10}", ", approval: {users: [paula], valid_minutes: 20}").after.find("within 10 minutes") != std::string::npos);
}

TEST_CASE("a decision whose rule nobody knows any more says so, when it would be allowed again") {
  const Policy before = parsed_policy(kBefore);
  std::vector<PastDecision> past{decided(before, "anna", "dc1"), decided(before, "anna", "vault")};
  for (PastDecision& one : past) one.then = nullptr;
  const Simulation found = simulate(before, past, {});
  REQUIRE(found.differences.size() == 1);
  CHECK_FALSE(found.differences[0].compared);
}

TEST_CASE("masks of a film that the other policy would not make are counted by their rule") {
  const auto with = [](const std::string& keys) { return parsed_policy("rules:\n  - {name: r, users: \"*\", targets: \"*\", allow: true" + keys + "}\n"); };
  PastFilm film;
  film.request.user = "anna";
  film.request.target = "dc1";
  film.request.at = kMonday;
  film.masks = {{"label.password", 3}, {"token.jwt", 2}, {"known.typed", 1}, {"strict.token", 9}, {"custom.badge", 4}, {"entropy.run", 0}};
  const std::vector<PastFilm> films{film, film};
  const auto lost = [&](const std::string& keys) { return simulate(with(keys), {}, films).lost; };
  const auto plain = lost("");
  CHECK(plain.size() == 2);
  CHECK((plain.at("strict.token").films == 2 && plain.at("strict.token").masks == 18 && plain.at("custom.badge").masks == 8));
  CHECK_FALSE(lost(", profile: strict").contains("strict.token"));
  const auto off = lost(", detectors: {disabled: [token]}");
  CHECK((off.contains("token.jwt") && !off.contains("label.password") && !off.contains("known.typed")));
  const auto only = lost(", detectors: {enabled: [token.jwt]}");
  CHECK((only.contains("label.password") && !only.contains("token.jwt") && !only.contains("known.typed")));
  CHECK(simulate(parsed_policy("rules: []\n"), {}, films).lost.empty());
}
