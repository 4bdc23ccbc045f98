#include "gateway/policy/policy.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>

#include "tests/unit/gateway/policy/policy_texts.h"

using namespace frostgate;
using namespace frostgate::policy;
using namespace frostgate::test;
using Catch::Matchers::Contains;

namespace {

// The name of the rule that allowed it, or "denied".
std::string decision(const Policy& policy, const Request& request) {
  const auto grant = policy.decide(request);
  return grant ? grant->rule() : "denied";
}

Request request(const std::string& user, const std::string& target, const std::string& protocol = "rdp",
                std::map<std::string, std::string> tags = {}) {
  return {user, target, std::move(tags), protocol};
}

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

TEST_CASE("a rule may say in which languages its screens are read; a model that is not there is an error with what to install") {
  const auto with = [](const std::string& ocr) { return "rules:\n" + rule("a", "users: \"*\", targets: \"*\"" + ocr); };
  CHECK(policy_of(with("")).find("a")->languages.empty());
  CHECK(policy_of(with(", ocr: {}")).find("a")->languages.empty());

  const storage::TemporaryDirectory models;
  const char* before = std::getenv("TESSDATA_PREFIX");
  const std::string kept = before ? before : "";
  setenv("TESSDATA_PREFIX", models.path().c_str(), 1);
  for (const char* name : {"eng.traineddata", "deu.traineddata"}) write_file(models.path() / name, "model");
  CHECK(policy_of(with(", ocr: {languages: [deu, eng]}")).find("a")->languages == std::vector<std::string>{"deu", "eng"});
  CHECK(policy_of(with(", ocr: {languages: deu}")).find("a")->languages == std::vector<std::string>{"deu"});
  const std::string missing = error_of(with(", ocr: {languages: [eng, chi_sim]}"));
  CHECK_THAT(missing, Contains("policy.yaml:2: \"languages\" has \"chi_sim\"") && Contains("apt-get install tesseract-ocr-chi-sim"));
  CHECK_THAT(error_of(with(", ocr: {languages: [german]}")), Contains("has \"german\"") && Contains("Debian's are named eng, deu"));
  for (const char* wrong : {"[]", "[\"../../etc/passwd\"]", "[eng+deu]", "[\"\"]", "[osd]"}) {
    CAPTURE(wrong);
    CHECK_THAT(error_of(with(", ocr: {languages: " + std::string(wrong) + "}")), Contains("languages"));
  }
  CHECK_THAT(error_of(with(", ocr: {language: [eng]}")), Contains("\"language\""));
  CHECK_THAT(error_of(with(", ocr: {languages: [eng, eng, eng, eng, eng, eng, eng, eng, eng]}")), Contains("more than 8"));
  if (before) setenv("TESSDATA_PREFIX", kept.c_str(), 1);
  else unsetenv("TESSDATA_PREFIX");
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
