#include <catch2/catch.hpp>

#include "gateway/config/config.h"
#include "tests/unit/gateway/files.h"

using namespace frostgate;
using Catch::Contains;

namespace {

Result<config::Config> load(const storage::TemporaryDirectory& folder, const std::string& alerts) {
  return config::load(write_file(folder.path() / "gateway.yaml", "data_dir: data\npolicy: policy.yaml\nalerts:\n" + alerts));
}

}  // namespace

TEST_CASE("sinks and rules of alerts are read from the configuration") {
  storage::TemporaryDirectory folder;
  const auto loaded = load(folder, R"(  sinks:
    - {name: hook, type: webhook, url: "https://siem.example.org/x", secret: hook.key}
    - {name: log, type: syslog, host: log.example.org, transport: tls, format: cef, authorities: /etc/ca.crt}
    - {name: mail, type: email, severity: critical, url: "smtp://mail.example.org:587", user: u, password: p, from: a@example.org, to: [b@example.org]}
    - {name: pager, type: command, command: [/bin/page, now]}
  rules:
    - {kinds: ["secret.*"], severity: critical, quiet_minutes: 0, per_hour: 5, sinks: [hook, pager]}
    - {kinds: [approval.requested], drop: true}
  working_hours:
    - {days: [mon-fri], from: "07:00", to: "20:00", zone: UTC}
)");
  INFO((loaded ? "" : loaded.error().message));
  REQUIRE(loaded);
  const alerts::Settings& have = loaded.value().alerts;
  REQUIRE(have.sinks.size() == 4);
  CHECK(have.sinks[0].secret == folder.path() / "hook.key");
  CHECK(have.sinks[1].transport == alerts::Sink::Transport::tls);
  CHECK((have.sinks[1].port == 6514 && have.sinks[1].cef && have.sinks[1].authorities == "/etc/ca.crt"));
  CHECK(have.sinks[2].least == alerts::Severity::critical);
  CHECK(have.sinks[2].recipients == std::vector<std::string>{"b@example.org"});
  CHECK(have.sinks[3].command == std::vector<std::string>{"/bin/page", "now"});
  REQUIRE(have.rules.size() == 2);
  CHECK(have.rules[0].severity == alerts::Severity::critical);
  CHECK(have.rules[0].quiet == std::chrono::minutes(0));
  CHECK(have.rules[0].per_hour == 5);
  CHECK_FALSE(have.rules[1].quiet);
  CHECK(have.rules[1].drop);
  CHECK(have.working_hours.size() == 1);
}

TEST_CASE("what is wrong with a sink or a rule is said with its line") {
  storage::TemporaryDirectory folder;
  const auto error = [&](const std::string& text) {
    const auto loaded = load(folder, text);
    REQUIRE_FALSE(loaded);
    return loaded.error().message;
  };
  CHECK_THAT(error("  sinks:\n    - {name: a, type: webhook, url: \"ftp://x\"}\n"), Contains("gateway.yaml:5") && Contains("must begin with https:// or http://"));
  CHECK_THAT(error("  sinks:\n    - {name: a, type: webhook, url: \"http://x y\"}\n"), Contains("no blanks"));
  CHECK_THAT(error("  sinks:\n    - {name: a, type: pigeon, url: \"http://x\"}\n"), Contains("pigeon"));
  CHECK_THAT(error("  sinks:\n    - {name: a, type: syslog, host: \"x/y\"}\n"), Contains("name or address of a machine"));
  CHECK_THAT(error("  sinks:\n    - {name: a, type: command, command: [page]}\n"), Contains("absolute path"));
  CHECK_THAT(error("  sinks:\n    - {name: a, type: email, url: \"smtp://x\", from: a@b, to: [\"x@y> RCPT TO:<z\"]}\n"), Contains("expected an address"));
  CHECK_THAT(error("  sinks:\n    - {name: a, type: webhook, url: \"http://x\"}\n    - {name: a, type: webhook, url: \"http://x\"}\n"), Contains("taken by another sink"));
  CHECK_THAT(error("  rules:\n    - {kinds: [x], sinks: [nowhere]}\n"), Contains("\"nowhere\", which is no sink"));
  CHECK_THAT(error("  rules:\n    - {severity: critical}\n"), Contains("\"kinds\"") || Contains("kinds"));
  CHECK_THAT(error("  sinks:\n    - {name: a, type: webhook, url: \"http://x\", colour: red}\n"), Contains("colour"));
}
