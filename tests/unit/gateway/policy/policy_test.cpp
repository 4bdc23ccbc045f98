#include "gateway/policy/policy.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <span>

#include "codec/picture_file.h"
#include "storage/crypto/hex.h"
#include "storage/crypto/hash.h"
#include "tests/unit/gateway/files.h"

using namespace frostgate;
using namespace frostgate::policy;
using Catch::Matchers::Contains;

namespace {

Result<Policy> load(const std::string& text) {
  const storage::TemporaryDirectory folder;
  return Policy::load(write_file(folder.path() / "policy.yaml", text));
}

Policy policy_of(const std::string& text) {
  auto loaded = load(text);
  INFO((loaded ? std::string() : loaded.error().message));
  REQUIRE(loaded);
  return std::move(loaded).value();
}

std::string error_of(const std::string& text) {
  const auto loaded = load(text);
  REQUIRE_FALSE(loaded);
  CHECK(loaded.error().kind == ErrorKind::invalid);
  return loaded.error().message;
}

// The name of the rule that allowed it, or "denied".
std::string decision(const Policy& policy, const Request& request) {
  const auto grant = policy.decide(request);
  return grant ? grant->rule() : "denied";
}

Request request(const std::string& user, const std::string& target, const std::string& protocol = "rdp",
                std::map<std::string, std::string> tags = {}) {
  return {user, target, std::move(tags), protocol};
}

std::string rule(const std::string& name, const std::string& rest) { return "  - {name: " + name + ", " + rest + "}\n"; }

}  // namespace

TEST_CASE("a role that nobody can have is a mistake of the policy, and no condition that never holds") {
  const auto policy = Policy::parse("rules:\n  - {name: no, roles: [auditr], targets: \"*\"}\n", "policy.yaml");
  REQUIRE_FALSE(policy);
  CHECK(policy.error().message.find("has \"auditr\"; expected operator, approver, auditor, compliance, admin") != std::string::npos);
}

TEST_CASE("a policy without rules denies everything") {
  for (const char* text : {"", "rules:\n", "rules: []\n", "# rules\n"}) {
    CHECK(decision(policy_of(text), request("anna", "dc1")) == "denied");
  }
}

TEST_CASE("the first rule that matches decides, whether it allows or denies") {
  const Policy policy = policy_of("rules:\n" + rule("no interns", "users: intern-*, targets: \"*\"") +
                                  rule("dc", "users: [anna, intern-1], targets: dc1, allow: true") +
                                  rule("late denial", "users: anna, targets: dc1, allow: false") +
                                  rule("rest", "users: [anna], targets: [\"*\"], allow: true"));
  CHECK(decision(policy, request("anna", "dc1")) == "dc");
  CHECK(decision(policy, request("intern-1", "dc1")) == "denied");
  CHECK(decision(policy, request("anna", "web")) == "rest");
  CHECK(decision(policy, request("bert", "dc1")) == "denied");
}

TEST_CASE("a rule that does not say allow denies") {
  CHECK(decision(policy_of("rules:\n" + rule("r", "users: \"*\", targets: \"*\"")), request("a", "b")) == "denied");
}

TEST_CASE("a star stands for any run of characters and nothing else is special") {
  const auto allows = [](const std::string& pattern, const std::string& user) {
    const Policy policy = policy_of("rules:\n" + rule("r", "users: [\"" + pattern + "\"], targets: t, allow: true"));
    return policy.decide(request(user, "t")).has_value();
  };
  CHECK(allows("*", ""));
  CHECK(allows("*", "anyone"));
  CHECK(allows("adm-*", "adm-"));
  CHECK(allows("adm-*-x*", "adm-a-b-x-c"));
  CHECK(allows("*a*b", "aab-ab"));
  CHECK_FALSE(allows("adm-*", "xadm-1"));
  CHECK_FALSE(allows("*-x", "a-xy"));
  CHECK_FALSE(allows("a.c", "abc"));
  CHECK_FALSE(allows("a?c", "abc"));
  CHECK_FALSE(allows("[ab]", "a"));
  CHECK_FALSE(allows("Anna", "anna"));
  CHECK_FALSE(allows("anna", ""));
  CHECK_FALSE(allows("", "anna"));
  // Would take for ever if every star were tried with every other.
  CHECK_FALSE(allows("*a*a*a*a*a*a*a*a*a*a*a*a*b", std::string(5000, 'a')));
}

TEST_CASE("all tags of a rule must be on the target") {
  const Policy policy =
      policy_of("rules:\n" + rule("r", "users: \"*\", targets: \"*\", tags: {env: \"prod-*\", team: db}, allow: true"));
  CHECK(decision(policy, request("a", "t", "rdp", {{"env", "prod-eu"}, {"team", "db"}, {"more", "x"}})) == "r");
  CHECK(decision(policy, request("a", "t", "rdp", {{"env", "prod-eu"}})) == "denied");
  CHECK(decision(policy, request("a", "t", "rdp", {{"env", "test"}, {"team", "db"}})) == "denied");
  CHECK(decision(policy, request("a", "t")) == "denied");
}

TEST_CASE("a rule may be limited to protocols") {
  const Policy policy = policy_of("rules:\n" + rule("r", "users: \"*\", targets: \"*\", protocols: vnc, allow: true"));
  CHECK(decision(policy, request("a", "t", "vnc")) == "r");
  CHECK(decision(policy, request("a", "t", "rdp")) == "denied");
}

TEST_CASE("a grant carries who, where, by which rule of which policy") {
  const Policy policy = policy_of("rules:\n" + rule("all", "users: \"*\", targets: \"*\", allow: true"));
  const auto grant = policy.decide(request("anna", "dc1"));
  REQUIRE(grant);
  CHECK(grant->user() == "anna");
  CHECK(grant->target() == "dc1");
  CHECK(grant->rule() == "all");
  CHECK(grant->profile() == "balanced");
  CHECK(grant->policy_digest() == policy.digest());
}

TEST_CASE("a rule that does not match changes no decision, wherever it stands") {
  const std::vector<std::string> rules{rule("a", "users: anna, targets: dc1, allow: true"),
                                       rule("b", "users: bert, targets: \"*\""),
                                       rule("c", "users: \"*\", targets: \"web-*\", protocols: vnc, allow: true"),
                                       rule("d", "users: \"*\", targets: \"*\", tags: {env: test}, allow: true")};
  std::vector<Request> requests;
  for (const char* user : {"anna", "bert", "carl"}) {
    for (const char* target : {"dc1", "web-1"}) {
      for (const char* protocol : {"rdp", "vnc"}) {
        requests.push_back(request(user, target, protocol));
        requests.push_back(request(user, target, protocol, {{"env", "test"}}));
      }
    }
  }
  const auto with = [&](std::size_t place, const std::string& extra) {
    std::string text = "rules:\n";
    for (std::size_t i = 0; i <= rules.size(); ++i) {
      if (i == place) text += extra;
      if (i < rules.size()) text += rules[i];
    }
    return policy_of(text);
  };
  const Policy before = with(rules.size() + 1, "");
  for (const char* allow : {"true", "false"}) {
    for (const char* other : {"users: zoe, targets: \"*\"", "users: \"*\", targets: nowhere",
                              "users: \"*\", targets: \"*\", tags: {no: such}"}) {
      for (std::size_t place = 0; place <= rules.size(); ++place) {
        const Policy after = with(place, rule("extra", std::string(other) + ", allow: " + allow));
        for (const Request& one : requests) CHECK(decision(before, one) == decision(after, one));
      }
    }
  }
}

TEST_CASE("the digest is that of the file, byte by byte") {
  const std::string text = "rules:\n" + rule("all", "users: \"*\", targets: \"*\"");
  const Policy policy = policy_of(text);
  CHECK(policy.text() == text);
  CHECK(policy.digest() == policy_of(text).digest());
  CHECK(policy.digest() != policy_of(text + "# reviewed\n").digest());
  CHECK(policy_of("").digest() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("regions belong to their rule") {
  const Policy policy = policy_of(R"(rules:
  - name: bank
    users: "*"
    targets: "*"
    allow: true
    regions:
      - {name: clock, x: 10, y: 20, width: 300, height: 40}
      - {name: left half, unit: percent, width: 50, height: 100}
)");
  const auto regions = policy.regions_of("bank");
  REQUIRE(regions.size() == 2);
  CHECK(regions[0].name == "clock");
  CHECK(regions[0].x == 10);
  CHECK(regions[0].y == 20);
  CHECK(regions[0].width == 300);
  CHECK(regions[0].height == 40);
  CHECK(regions[0].unit == redaction::RegionUnit::pixels);
  CHECK(regions[0].redact);
  CHECK(regions[1].width == 50);
  CHECK(regions[1].unit == redaction::RegionUnit::percent);
  CHECK(policy.regions_of("other").empty());
}

TEST_CASE("a rule says what the redactor looks for") {
  const Policy policy = policy_of(R"(rules:
  - name: bank
    users: "*"
    targets: "*"
    allow: true
    profile: strict
    detectors:
      enabled: [label, token.jwt, custom.employee]
      disabled: [label.pin]
      labels: [Losung]
      harmless: [web-01, "alice@web-01:~$"]
      custom:
        - name: employee
          pattern: 'E-([0-9]{6})'
          context: Mitarbeiter
  - {name: other, users: "*", targets: "*"}
)");
  REQUIRE(policy.find("bank"));
  const redaction::DetectorSettings& detectors = policy.find("bank")->detectors;
  CHECK(detectors.profile == redaction::Profile::strict);
  CHECK(detectors.enabled == std::vector<std::string>{"label", "token.jwt", "custom.employee"});
  CHECK(detectors.disabled == std::vector<std::string>{"label.pin"});
  CHECK(detectors.extra_labels == std::vector<std::string>{"Losung"});
  CHECK(detectors.harmless == std::vector<std::string>{"web-01", "alice@web-01:~$"});
  REQUIRE(detectors.custom.size() == 1);
  CHECK(detectors.custom[0].name == "employee");
  CHECK(detectors.custom[0].pattern == "E-([0-9]{6})");
  CHECK(detectors.custom[0].context == "Mitarbeiter");
  CHECK(policy.decide(request("a", "t"))->profile() == "strict");
  CHECK(policy.find("other")->detectors.profile == redaction::Profile::balanced);
  CHECK(policy.find("none") == nullptr);
}

TEST_CASE("detectors that cannot work are refused with their line") {
  const auto with = [](const std::string& text) {
    return "rules:\n" + rule("a", "users: \"*\", targets: \"*\",\n detectors: {\n" + text + "}");
  };
  CHECK_THAT(error_of(with("custom: [\n{name: e, pattern: \"(\"}]")), Contains(":5: \"pattern\" is refused") && Contains("missing"));
  CHECK_THAT(error_of(with("custom: [{name: e}]")), Contains(":4: \"pattern\" is missing"));
  CHECK_THAT(error_of(with("custom: [{name: \"a b\", pattern: x}]")), Contains("\"name\" is \"a b\""));
  CHECK_THAT(error_of(with("custom: [{name: e, pattern: " + std::string(1001, 'x') + "}]")), Contains("longer than 1000"));
  CHECK_THAT(error_of(with("enabled: [tokens]")), Contains(":4: \"enabled\" is refused: there is no detector \"tokens\""));
  CHECK_THAT(error_of(with("disabled: [custom.e]")), Contains("there is no detector \"custom.e\""));
  CHECK_THAT(error_of(with("labels: [\" \"]")), Contains("\"labels\" has"));
  CHECK_THAT(error_of(with("harmless: [" + std::string(101, 'x') + "]")), Contains("\"harmless\" has"));
  CHECK_THAT(error_of(with("detector: x")), Contains("unknown key \"detector\""));
  CHECK_THAT(error_of("rules:\n" + rule("a", "users: a, targets: b, profile: lax")), Contains("\"profile\" is \"lax\"; expected one of: balanced, strict"));
}

TEST_CASE("regions are found by a title or a label, and say what becomes of unreadable text") {
  const Policy policy = policy_of(R"(rules:
  - name: bank
    users: "*"
    targets: "*"
    allow: true
    regions:
      - {name: vault, window: KeePass, everything_but: true}
      - {name: pin, label: "PIN:", x: -20, y: 4, width: 300, height: 40}
      - {name: wall, width: 100, height: 100, unit: percent, cover: false, unreadable: show, motion: cover}
)");
  const auto regions = policy.regions_of("bank");
  REQUIRE(regions.size() == 3);
  CHECK(regions[0].kind == redaction::RegionKind::window);
  CHECK(regions[0].text == "KeePass");
  CHECK(regions[0].everything_but);
  CHECK(regions[1].kind == redaction::RegionKind::label);
  CHECK(regions[1].x == -20);
  CHECK_FALSE(regions[2].redact);
  CHECK(regions[2].unreadable == redaction::Unreadable::show);
  CHECK(regions[2].moving == redaction::Moving::cover);
  CHECK(regions[1].moving == redaction::Moving::sample);
}

TEST_CASE("a region found by a picture has its pixels, which are the policy's and no other") {
  const storage::TemporaryDirectory folder;
  Frame icon({12, 10});
  for (int x = 0; x < 12; ++x) icon.row(x % 10)[x * 4 + 1] = 200;
  const auto write_picture = [&](const Frame& frame) {
    const auto png = codec::encode_png(frame.view()).value();
    return write_file(folder.path() / "icon.png", std::string(reinterpret_cast<const char*>(png.data()), png.size()));
  };
  const auto file = write_picture(icon);
  const auto png = codec::encode_png(icon.view()).value();
  const std::string digest = storage::to_hex(storage::Sha256::of(std::span<const std::byte>(png)));
  const auto text = [&](const std::string& sha256, const std::string& more = "") {
    return "rules:\n" + rule("a", "users: \"*\", targets: \"*\", regions: [{name: bank, picture: " + file.string() + ", sha256: " + sha256 + more + "}]");
  };
  const Policy policy = policy_of(text(digest));
  const auto regions = policy.regions_of("a");
  REQUIRE(regions.size() == 1);
  CHECK(regions[0].kind == redaction::RegionKind::picture);
  CHECK(regions[0].width == 0);
  REQUIRE(regions[0].picture);
  CHECK(same_pixels(regions[0].picture->view(), icon.view(), {0, 0, 12, 10}));
  CHECK(policy_of(text(digest, ", x: -5, y: 2, width: 300, height: 20")).regions_of("a")[0].x == -5);

  CHECK_THAT(error_of(text(std::string(64, '0'))), Contains(":2: \"picture\" is refused") && Contains("digest " + digest));
  CHECK_THAT(error_of(text("abc")), Contains("expected what sha256sum says"));
  CHECK_THAT(error_of(text(digest, ", window: KeePass")), Contains("stands beside"));
  CHECK_THAT(error_of(text(digest, ", height: 9")), Contains("unknown key \"height\""));
  CHECK_THAT(error_of("rules:\n" + rule("a", "users: a, targets: b, regions: [{name: r, picture: icon.png, sha256: " + digest + "}]")), Contains("absolute path"));
  const std::string kept = text(digest);
  write_picture(Frame({12, 10}));
  CHECK_THAT(error_of(kept), Contains("which is not the policy's"));
  std::filesystem::remove(file);
  CHECK_THAT(error_of(kept), Contains("cannot be read"));
  // The policy of a session of then can still be read; its region has no picture, and the redactor refuses that.
  const auto then = Policy::parse(kept, "kept");
  REQUIRE(then);
  CHECK(then.value().regions_of("a")[0].kind == redaction::RegionKind::picture);
  CHECK_FALSE(then.value().regions_of("a")[0].picture);
}

TEST_CASE("a policy with a mistake does not load and says where") {
  const std::string good = "users: \"*\", targets: \"*\"";
  CHECK_THAT(error_of("rules:\n" + rule("a", good) + rule("a", good)), Contains(":3: \"name\" \"a\" is taken"));
  CHECK_THAT(error_of("rules:\n  - {users: a, targets: b}\n"), Contains(":2: \"name\" is missing"));
  CHECK_THAT(error_of("rules:\n" + rule("a", "targets: b")), Contains(":2: \"users\" is missing or empty"));
  CHECK_THAT(error_of("rules:\n" + rule("a", "users: b, targets: []")), Contains("\"targets\" is missing or empty"));
  CHECK_THAT(error_of("rules:\n" + rule("a", good + ", protocols: [ssh]")), Contains("\"protocols\" has \"ssh\""));
  CHECK_THAT(error_of("rules:\n" + rule("a", good + ", allow: yes")), Contains("\"allow\" is \"yes\""));
  CHECK_THAT(error_of("rules:\n" + rule("a", good + ", alow: true")), Contains("unknown key \"alow\""));
  CHECK_THAT(error_of("rules:\n" + rule("a", good + ", tags: [env]")), Contains(":2: expected"));
  CHECK_THAT(error_of("rules:\n" + rule("a", good + ", tags: {env: [x]}")), Contains(":2: expected"));
  CHECK_THAT(error_of("rules:\n" + rule("a", good + ", tags: {env: x, env: y}")), Contains("\"env\" is given twice"));
  CHECK_THAT(error_of("rules: {a: b}\n"), Contains(":1: \"rules\" must be a list"));
  CHECK_THAT(error_of("rules: [deny]\n"), Contains(":1: expected"));
  CHECK_THAT(error_of("rule: []\n"), Contains("unknown key \"rule\""));
  CHECK_THAT(error_of("rules: []\n---\nrules: []\n"), Contains("second document"));
}

TEST_CASE("a region that makes no sense is refused") {
  const auto region = [](const std::string& text) {
    return "rules:\n" + rule("a", "users: \"*\", targets: \"*\", regions: [" + text + "]");
  };
  CHECK_THAT(error_of(region("{name: r}")), Contains("\"width\""));
  CHECK_THAT(error_of(region("{x: 1, width: 1, height: 1}")), Contains("\"name\" is missing"));
  CHECK_THAT(error_of(region("{name: r, x: -1, width: 1, height: 1}")), Contains("\"x\" is \"-1\""));
  CHECK_THAT(error_of(region("{name: r, width: 0, height: 1}")), Contains("\"width\" is \"0\""));
  CHECK_THAT(error_of(region("{name: r, unit: percent, width: 101, height: 1}")), Contains("from 1 to 100"));
  CHECK_THAT(error_of(region("{name: r, unit: cm, width: 1, height: 1}")), Contains("\"unit\" is \"cm\""));
  CHECK_THAT(error_of(region("{name: r, width: 99999, height: 1}")), Contains("\"width\" is \"99999\""));
  CHECK_THAT(error_of(region("left")), Contains("expected"));
  CHECK_THAT(error_of(region("{name: r, window: a, label: b, width: 1, height: 1}")), Contains("\"label\" stands beside \"window\""));
  CHECK_THAT(error_of(region("{name: r, window: ab}")), Contains("3 letters or more"));
  CHECK_THAT(error_of(region("{name: r, window: KeePass, x: 3}")), Contains("unknown key \"x\""));
  CHECK_THAT(error_of(region("{name: r, label: user}")), Contains("\"width\""));
  CHECK_THAT(error_of(region("{name: r, width: 1, height: 1, unreadable: show}")), Contains("cover: false"));
}

TEST_CASE("a policy that was kept as text is the same as its file") {
  const std::string text = "rules:\n" + rule("all", "users: \"*\", targets: \"*\", allow: true");
  const auto kept = Policy::parse(text, "kept");
  REQUIRE(kept);
  CHECK(kept.value().digest() == policy_of(text).digest());
  CHECK(decision(kept.value(), request("a", "b")) == "all");
  CHECK_THAT(Policy::parse("rule: []", "policy 12ab").error().message, Contains("policy 12ab:1: unknown key"));
}

TEST_CASE("a missing policy is an error that names the file") {
  const storage::TemporaryDirectory folder;
  const auto loaded = Policy::load(folder.path() / "none.yaml");
  REQUIRE_FALSE(loaded);
  CHECK(loaded.error().kind == ErrorKind::not_found);
}

TEST_CASE("a rule says what its sessions may and must, and grants nothing of it when it is silent") {
  const auto policy = Policy::parse(R"(rules:
  - name: strict
    users: anna
    targets: "*"
    allow: true
    vnc_plaintext: allow
    consent: Everything is recorded.
    clipboard: {to_target: text}
    session: {idle_seconds: 600, max_seconds: 3600, per_user: 2, per_target: 1, reconnect_grace: 0}
  - {name: plain, users: "*", targets: "*", allow: true}
)", "test");
  REQUIRE(policy);
  Request request;
  request.user = "anna";
  request.target = "dc1";
  request.protocol = "vnc";
  const SessionTerms strict = policy.value().decide(request)->terms();
  CHECK(strict.vnc_plaintext);
  CHECK(strict.consent == "Everything is recorded.");
  CHECK((strict.clipboard_to_target.text && !strict.clipboard_to_target.images && !strict.clipboard_to_target.files));
  CHECK_FALSE(strict.clipboard_to_client.any());
  CHECK(std::tuple(strict.idle_seconds, strict.max_seconds, strict.per_user, strict.per_target) == std::tuple(600, 3600, 2, 1));
  CHECK(strict.reconnect_seconds == 0);
  request.user = "carl";
  const SessionTerms plain = policy.value().decide(request)->terms();
  CHECK_FALSE(plain.vnc_plaintext);
  CHECK_FALSE(plain.clipboard_to_target.any());
  CHECK_FALSE(plain.clipboard_to_client.any());
  CHECK(plain.consent.empty());
  for (const char* bad : {"clipboard: {to_target: pictures}", "clipboard: {to_client: [text, everything]}", "clipboard: {to_client: {files: true}}", "vnc_plaintext: yes", "session: {idle_seconds: -1}", "session: {idle: 5}"}) {
    INFO(bad);
    CHECK_FALSE(Policy::parse("rules: [{name: a, users: b, targets: c, allow: true, " + std::string(bad) + "}]", "test"));
  }
}

TEST_CASE("text, images and files of the clipboard are allowed one by one, in each direction, and by name alone") {
  const auto terms = [](const std::string& clipboard) {
    const auto policy = Policy::parse("rules: [{name: a, users: b, targets: c, allow: true, clipboard: " + clipboard + "}]", "test");
    REQUIRE(policy);
    return policy.value().rules().front().terms;
  };
  const SessionTerms each = terms("{to_target: [text, images], to_client: files}");
  CHECK((each.clipboard_to_target.text && each.clipboard_to_target.images && !each.clipboard_to_target.files));
  CHECK((!each.clipboard_to_client.text && !each.clipboard_to_client.images && each.clipboard_to_client.files));
  CHECK_FALSE(terms("{to_target: nothing, to_client: []}").clipboard_to_target.any());
  const auto wrong = Policy::parse("rules: [{name: a, users: b, targets: c, allow: true, clipboard: {to_target: [text, films]}}]", "test");
  REQUIRE_FALSE(wrong);
  CHECK_THAT(wrong.error().message, Contains("\"to_target\" has \"films\"; expected nothing, text, images or files, or a list of them"));
}

TEST_CASE("a rule's gates say what is asked; what nobody wrote down asks nothing, or is denied") {
  const Policy policy = policy_of(R"(rules:
  - name: prod
    users: "*"
    targets: "*"
    allow: true
    approval: {needed: 2, groups: [leads], valid_minutes: 30, wait_minutes: 20, use: window, escalate: {after_minutes: 5, groups: [managers]}}
    reason: required
    ticket: 'CHG-[0-9]+'
    emergency: allow
    gates:
      export: {approval: {users: [carol]}}
      watch: {reason: required}
      delete: {allow: true}
      pause: {approval: {groups: [leads]}, longest_minutes: 5}
      stop: {approval: {needed: 2, groups: [leads]}}
)");
  const Rule& rule = policy.rules().front();
  const Gate& connect = rule.gate(GateKind::connect);
  CHECK(std::tuple(connect.allow, connect.needed, connect.reason_required, connect.ticket, connect.emergency, connect.one_use) ==
        std::tuple(true, 2, true, std::string("CHG-[0-9]+"), true, false));
  CHECK(connect.validity.count() == 30);
  CHECK(connect.patience.count() == 20);
  CHECK(connect.escalate_to == std::vector<std::string>{"managers"});
  CHECK(rule.gate(GateKind::export_film).needed == 1);
  CHECK(rule.gate(GateKind::watch).allow);
  CHECK(rule.gate(GateKind::watch).reason_required);
  CHECK(rule.gate(GateKind::delete_early).allow);
  CHECK_FALSE(rule.gate(GateKind::watch_original).allow);
  CHECK(rule.gate(GateKind::pause).needed == 1);
  CHECK(rule.gate(GateKind::pause).longest.count() == 5);
  CHECK(rule.gate(GateKind::stop).needed == 2);
  // Nothing but the right approval makes a grant.
  Request wanted = request("anna", "dc1");
  wanted.pretext = {"index is broken", "CHG-1"};
  CHECK_FALSE(policy.decide(wanted));
  CHECK(policy.matching(wanted) == &rule);
  for (const char* bad : {"approval: {needed: 1}", "approval: {needed: 0, users: [a]}", "approval: {needed: 2, users: [a]}", "ticket: '('", "emergency: allow",
                          "approval: {groups: [a], escalate: {after_minutes: 5}}", "reason: perhaps", "gates: {wach: {allow: true}}",
                          "gates: {pause: {allow: true, longest_minutes: 0}}", "gates: {pause: {approval: {users: [c]}, emergency: allow}}", "gates: {stop: {approval: {users: [c]}, emergency: allow}}", "gates: {stop: {longest_minutes: 5}}", "gates: {join: {allow: true}}", "gates: {join: {reason: required}}", "gates: {join: {approval: {users: [c]}, emergency: allow}}", "gates: {export: {longest_minutes: 5}}"}) {
    INFO(bad);
    CHECK_FALSE(Policy::parse("rules: [{name: a, users: b, targets: c, allow: true, " + std::string(bad) + "}]", "test"));
  }
}

TEST_CASE("a reason or a ticket that a rule asks for is asked of every session") {
  const Policy policy = policy_of("rules:\n" + rule("r", "users: \"*\", targets: \"*\", allow: true, reason: required, ticket: 'T-[0-9]+'"));
  Request wanted = request("anna", "dc1");
  CHECK_FALSE(policy.decide(wanted));
  wanted.pretext = {"because", "xT-1"};
  CHECK_FALSE(policy.decide(wanted));
  wanted.pretext.ticket = "T-1";
  CHECK(policy.decide(wanted));
}

TEST_CASE("a rule may keep the text of its films out of the index") {
  const Policy policy = policy_of(R"(rules:
  - {name: a, users: "*", targets: "*"}
  - {name: b, users: "*", targets: "*", index_text: false}
)");
  CHECK(policy.find("a")->index_text);
  CHECK_FALSE(policy.find("b")->index_text);
}

TEST_CASE("no recording pauses or stops, and nobody joins a session, where the rule does not name the gate") {
  const Policy policy = Policy::parse("rules: [{name: a, users: b, targets: c, allow: true, gates: {export: {reason: required}}}]", "test").value();
  CHECK_FALSE(policy.rules().front().gate(GateKind::pause).allow);
  CHECK_FALSE(policy.rules().front().gate(GateKind::stop).allow);
  CHECK_FALSE(policy.rules().front().gate(GateKind::join).allow);
  CHECK_FALSE(policy.rules().front().gate(GateKind::delete_early).allow);
}

TEST_CASE("a rule says what a failed recording means and by which class its recordings are kept, and channels that are not relayed are refused by name") {
  const Policy policy = Policy::parse("rules:\n  - {name: a, users: b, targets: c, allow: true, recording: {on_failure: continue}, retention: short, channels: {drives: read, sound: allow}}\n  - {name: d, users: b, targets: c, allow: true}", "test").value();
  CHECK(policy.rules()[0].terms.goes_on_unrecorded);
  CHECK(policy.rules()[0].terms.retention_class == "short");
  CHECK_FALSE(policy.rules()[1].terms.goes_on_unrecorded);
  CHECK(policy.rules()[1].terms.retention_class.empty());
  CHECK(policy.rules()[0].terms.redirections == Redirections{.drives = DriveAccess::read, .sound = true});
  CHECK_FALSE(policy.rules()[1].terms.redirections.any());
  CHECK(redirections_to("rdp", policy.rules()[0].terms).sound);
  CHECK_FALSE(redirections_to("vnc", policy.rules()[0].terms).any());
  const auto all = Policy::parse("rules: [{name: a, users: b, targets: c, allow: true, channels: {drives: allow, printers: allow, ports: allow, smartcards: allow, usb: deny}}]", "test");
  REQUIRE(all);
  CHECK(all.value().rules()[0].terms.redirections == Redirections{.drives = DriveAccess::full, .printers = true, .ports = true, .smartcards = true});
  for (const char* wrong : {"drives: write", "printers: read", "sound: yes", "scanners: allow"}) {
    CHECK_FALSE(Policy::parse("rules: [{name: a, users: b, targets: c, allow: true, channels: {" + std::string(wrong) + "}}]", "test"));
  }
  for (const char* channel : {"usb", "microphone", "camera"}) {
    const auto refused = Policy::parse("rules: [{name: a, users: b, targets: c, allow: true, channels: {" + std::string(channel) + ": allow}}]", "test");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find(std::string("\"") + channel + "\" is \"allow\", but the gateway relays no such channel") != std::string::npos);
  }
  CHECK_FALSE(Policy::parse("rules: [{name: a, users: b, targets: c, allow: true, recording: {on_failure: maybe}}]", "test"));
}
