#include "gateway/config/config.h"

#include <catch2/catch.hpp>

#include "tests/unit/gateway/files.h"

using namespace frostgate;
using Catch::Matchers::Contains;

namespace {

class ConfigFile {
 public:
  Result<config::Config> load(const std::string& text) { return config::load(write_file(file(), text)); }
  std::string error(const std::string& text) {
    const auto loaded = load(text);
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().kind == ErrorKind::invalid);
    return loaded.error().message;
  }
  std::filesystem::path file() const { return folder_.path() / "gateway.yaml"; }
  const std::filesystem::path& folder() const { return folder_.path(); }

 private:
  storage::TemporaryDirectory folder_;
};

const std::string kLeast = "data_dir: data\npolicy: policy.yaml\n";

}  // namespace

TEST_CASE("a configuration needs only a data directory and a policy; the rest has defaults") {
  ConfigFile file;
  const auto loaded = file.load(kLeast);
  REQUIRE(loaded);
  const config::Config& have = loaded.value();
  CHECK(have.data_dir == file.folder() / "data");
  CHECK(have.run_dir == file.folder() / "data/run");
  CHECK(have.key_file() == file.folder() / "data/kek");
  CHECK(have.policy == file.folder() / "policy.yaml");
  REQUIRE(have.rdp);
  CHECK((have.rdp->host == "0.0.0.0" && have.rdp->port == 3389));
  REQUIRE(have.vnc);
  CHECK((have.vnc->host == "0.0.0.0" && have.vnc->port == 5900));
  CHECK((have.tls_certificate.empty() && have.tls_private_key.empty()));
  CHECK(have.states_per_second == 5);
  CHECK(have.max_unauthenticated == 64);
  CHECK(have.max_unauthenticated_per_address == 16);
  CHECK(have.handshake_seconds == 15);
  CHECK(have.target_connect_seconds == 10);
  CHECK(have.redaction.workers == 1);
  CHECK(have.redaction.profile == "balanced");
  CHECK(have.redaction.languages == std::vector<std::string>{"eng"});
  CHECK(have.log_level == log::Level::info);
  CHECK(have.control_socket() == file.folder() / "data/run/control.sock");
}

TEST_CASE("every key of the configuration reaches its member") {
  ConfigFile file;
  const auto loaded = file.load(R"(data_dir: /var/lib/frostgate/../frostgate
run_dir: run
key_file: /elsewhere/kek
postgresql: dbname=frostgate
policy: sub/./policy.yaml
listen: {rdp: "[::1]:0", vnc: off}
tls: {certificate: tls.crt, private_key: /etc/tls.key}
recording: {states_per_second: 30}
limits: {unauthenticated: 1, unauthenticated_per_address: 10000, handshake_seconds: 1, target_connect_seconds: 60}
redaction: {workers: 0, profile: strict, languages: [deu, chi_sim]}
log: {level: debug}
)");
  REQUIRE(loaded);
  const config::Config& have = loaded.value();
  CHECK(have.data_dir == "/var/lib/frostgate");
  CHECK(have.run_dir == file.folder() / "run");
  CHECK(have.key_file() == "/elsewhere/kek");
  CHECK(have.postgresql == "dbname=frostgate");
  CHECK(have.policy == file.folder() / "sub/policy.yaml");
  REQUIRE(have.rdp);
  CHECK((have.rdp->host == "::1" && have.rdp->port == 0));
  CHECK_FALSE(have.vnc);
  CHECK(have.tls_certificate == file.folder() / "tls.crt");
  CHECK(have.tls_private_key == "/etc/tls.key");
  CHECK(have.states_per_second == 30);
  CHECK(have.max_unauthenticated == 1);
  CHECK(have.max_unauthenticated_per_address == 10000);
  CHECK(have.handshake_seconds == 1);
  CHECK(have.target_connect_seconds == 60);
  CHECK(have.redaction.workers == 0);
  CHECK(have.redaction.profile == "strict");
  CHECK(have.redaction.languages == std::vector<std::string>{"deu", "chi_sim"});
  CHECK(have.log_level == log::Level::debug);
}

TEST_CASE("an unknown key is named with file and line and the keys that are known there") {
  ConfigFile file;
  const std::string top = file.error(kLeast + "polcy: x\n");
  CHECK_THAT(top, Contains(file.file().string() + ":3: unknown key \"polcy\""));
  CHECK_THAT(top, Contains("known here: data_dir, run_dir, key_file, key_credential, key_token, postgresql, policy, listen, tls, recording, limits, redaction, evidence, access_review_days, custodians, archive, retention, alerts, directory, sign_in, log"));
  const std::string nested = file.error(kLeast + "listen:\n  rdp: off\n  ssh: off\n");
  CHECK_THAT(nested, Contains(":5: unknown key \"ssh\"; known here: rdp, vnc"));
}

TEST_CASE("a key that is given twice is refused") {
  ConfigFile file;
  CHECK_THAT(file.error(kLeast + "policy: other.yaml\n"), Contains(":3: key \"policy\" is given twice"));
}

TEST_CASE("what is required must be there") {
  ConfigFile file;
  for (const std::string text : {"", "# nothing\n", "policy:\ndata_dir: \"\"\n"}) {
    const std::string error = file.error(text);
    CHECK_THAT(error, Contains("\"data_dir\" is missing or empty"));
    CHECK_THAT(error, Contains("\"policy\" is missing or empty"));
    CHECK_THAT(error, !Contains(":0:"));
  }
}

TEST_CASE("every problem of a configuration is reported at once, each with its line") {
  ConfigFile file;
  const std::string error = file.error(kLeast + R"(listen:
  rdp: localhost:3389
  vnc: 127.0.0.1:70000
recording:
  states_per_second: 31
limits:
  handshake_seconds: 0
  unauthenticated: many
redaction:
  languages: []
  profile: paranoid
log:
  level: [debug]
tls:
  certificate: only.crt
)");
  for (const char* at : {":4: \"rdp\" is \"localhost:3389\"", ":5: \"vnc\" is \"127.0.0.1:70000\"",
                         ":7: \"states_per_second\" is \"31\"; expected a whole number from 1 to 30",
                         ":9: \"handshake_seconds\" is \"0\"", ":10: \"unauthenticated\" is \"many\"",
                         ":12: \"languages\" must name", ":13: \"profile\" is \"paranoid\"; expected one of: balanced, strict",
                         ":15: \"level\" must be a text", ":17: \"certificate\" and \"private_key\" go together"}) {
    CHECK_THAT(error, Contains(at));
  }
}

TEST_CASE("a value of the wrong shape is refused") {
  ConfigFile file;
  CHECK_THAT(file.error("- data_dir: x\n"), Contains(":1: expected \"key: value\""));
  CHECK_THAT(file.error(kLeast + "listen: all\n"), Contains(":3: expected \"key: value\""));
  CHECK_THAT(file.error(kLeast + "listen: [rdp]\n"), Contains(":3: expected \"key: value\""));
  CHECK_THAT(file.error("data_dir: {a: b}\npolicy: p\n"), Contains(":1: \"data_dir\" must be a text"));
  CHECK_THAT(file.error(kLeast + "redaction: {languages: {eng: 1}}\n"), Contains(":3: \"languages\" must be a list"));
  CHECK_THAT(file.error(kLeast + "redaction: {languages: [../eng]}\n"), Contains(":3: \"languages\" has \"../eng\""));
  for (const char* number : {"1.5", "0x10", "+3", "99999999999999999999", "-1", "\"\""}) {
    CHECK_THAT(file.error(kLeast + "recording: {states_per_second: " + number + "}\n"), Contains("states_per_second"));
  }
}

TEST_CASE("anchors are refused wherever YAML allows them, and an ampersand in a text is none") {
  ConfigFile file;
  for (const char* anchored : {"listen: &a {rdp: off}", "redaction: {languages: [eng,&a deu]}", "&a log: {level: info}",
                               "listen: {\"rdp\":&a off}", "listen: {rdp: off, vnc: &a }", "log:\n  &a level: info",
                               "run_dir: don't\nlisten: &a"}) {
    CHECK_THAT(file.error(kLeast + anchored + "\n"), Contains("anchors (&name) are not accepted"));
  }
  CHECK_THAT(file.error(kLeast + "listen: &a {rdp: off}\n"), Contains(":3: anchors"));
  for (const char* plain : {"run_dir: R & D", "run_dir: a&b", "run_dir: \"&a\"", "run_dir: x # &a"}) {
    CHECK(file.load(kLeast + plain + "\n"));
  }
}

TEST_CASE("a second document is refused instead of ignored") {
  ConfigFile file;
  CHECK_THAT(file.error(kLeast + "---\n" + kLeast), Contains("second document"));
  CHECK(file.load("---\n" + kLeast));
}

TEST_CASE("text that is no YAML is refused with its line") {
  ConfigFile file;
  CHECK_THAT(file.error(kLeast + "listen: [\n"), Contains(file.file().string() + ":"));
  CHECK_THAT(file.error(kLeast + "log: *nothing\n"), Contains(":3: "));
  file.error(std::string(100000, '['));
  file.error(std::string(2000, '{'));
  CHECK_THAT(file.error(std::string(5 << 20, '#')), Contains("larger than 4 MiB"));
}

TEST_CASE("a missing configuration is an error of its own that names the file") {
  ConfigFile file;
  const auto loaded = config::load(file.file());
  REQUIRE_FALSE(loaded);
  CHECK(loaded.error().kind == ErrorKind::not_found);
  CHECK_THAT(loaded.error().message, Contains(file.file().string()));
}

TEST_CASE("addresses are numeric with a port") {
  for (const char* good : {"127.0.0.1:1", "[::1]:65535", "0.0.0.0:0"}) CHECK(config::parse_address(good));
  for (const char* bad : {"", ":", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:1x", "127.0.0.1:-1",
                          "127.0.0.1:65536", "host:1", "[]:1", "[::1:1", "on"}) {
    CHECK_FALSE(config::parse_address(bad));
  }
}

TEST_CASE("the sample configuration and its policy load") {
  const std::filesystem::path samples = std::filesystem::path(FROSTGATE_SOURCE) / "samples";
  const auto loaded = config::load(samples / "gateway.yaml");
  INFO((loaded ? std::string() : loaded.error().message));
  CHECK(loaded);
}

TEST_CASE("retention classes say who, what and how long; a number that is missing is no zero") {
  ConfigFile file;
  const auto loaded = file.load(kLeast + R"(retention:
  - {name: lab, users: [anna, "b*"], targets: "lab-*", tags: {environment: "test*"}, keep_days: 30}
  - {name: rest, keep_days: 400}
)");
  REQUIRE(loaded);
  const auto& classes = loaded.value().retention;
  REQUIRE(classes.size() == 2);
  CHECK(classes[0].users == std::vector<std::string>{"anna", "b*"});
  CHECK(classes[0].targets == std::vector<std::string>{"lab-*"});
  CHECK(classes[0].tags == std::map<std::string, std::string>{{"environment", "test*"}});
  CHECK(classes[0].keep == std::chrono::days(30));
  CHECK(classes[1].users == std::vector<std::string>{"*"});
  CHECK_THAT(file.error(kLeast + "retention:\n  - {name: lab}\n"), Contains("keep_days"));
  CHECK_THAT(file.error(kLeast + "retention:\n  - {name: lab, keep_days: 0}\n"), Contains("keep_days"));
  CHECK_THAT(file.error(kLeast + "retention:\n  - {keep_days: 3}\n"), Contains("name"));
}
