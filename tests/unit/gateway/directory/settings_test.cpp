#include "tests/unit/gateway/config_file.h"

using namespace frostgate;
using Catch::Matchers::Contains;

namespace {

const std::string kRest = "  bind_dn: CN=frostgate\n  bind_password_file: bind.password\n  users: {base: \"DC=corp\"}\n  groups: {base: \"OU=Groups\"}\n";

}  // namespace

TEST_CASE("a configuration without a directory has none, and one for Active Directory needs little") {
  ConfigFile file;
  CHECK(file.load("")->directory.servers.empty());
  const auto loaded = file.load("directory:\n  servers: [\"ldaps://dc1.corp.example\", \"ldaps://[fd00::1]:3636\"]\n  domains: [CORP]\n" + kRest);
  INFO((loaded ? std::string() : loaded.error().message));
  REQUIRE(loaded);
  const directory::Settings& have = loaded.value().directory;
  REQUIRE(have.servers.size() == 2);
  CHECK(have.servers[0].url() == "ldaps://dc1.corp.example:636");
  CHECK(have.servers[1].url() == "ldaps://[fd00::1]:3636");
  CHECK(have.authorities.empty());
  CHECK(have.bind_password == file.path("bind.password"));
  CHECK(have.domains == std::vector<std::string>{"corp"});
  CHECK(have.name_attribute == "sAMAccountName");
  CHECK(have.upn_attribute == "userPrincipalName");
  CHECK(have.user_filter == "(&(objectCategory=person)(objectClass=user))");
  CHECK(have.nesting == directory::Nesting::automatic);
  CHECK((have.failures == 4 && have.failure_window.count() == 30 && have.refresh.count() == 15 && have.timeout.count() == 4));
}

TEST_CASE("an unencrypted server is refused with what to do, unless StartTLS comes first") {
  ConfigFile file;
  CHECK_THAT(file.error("directory:\n  servers: [\"ldap://dc1\"]\n" + kRest), Contains("would carry passwords in clear") && Contains("start_tls: true") && Contains("gateway.yaml:4"));
  const auto loaded = file.load("directory:\n  servers: [\"ldap://dc1\"]\n  start_tls: true\n  kind: ldap\n" + kRest);
  REQUIRE(loaded);
  CHECK(loaded.value().directory.servers[0].start_tls);
  CHECK(loaded.value().directory.servers[0].port == 389);
  CHECK(loaded.value().directory.name_attribute == "uid");
  for (const char* bad : {"http://dc1", "ldaps://", "ldaps://dc1/dc=corp", "ldaps://dc1:0", "ldaps://dc1:99999", "ldaps://a b", "ldaps://user@dc1", "ldaps://[::1"}) {
    INFO(bad);
    CHECK_THAT(file.error("directory:\n  servers: [\"" + std::string(bad) + "\"]\n" + kRest), Contains("servers"));
  }
}

TEST_CASE("the bind password is never in the configuration: it is a file, or a credential of systemd") {
  ConfigFile file;
  const std::string servers = "directory:\n  servers: [\"ldaps://dc1\"]\n  bind_dn: CN=frostgate\n  users: {base: \"DC=corp\"}\n  groups: {base: \"OU=Groups\"}\n";
  CHECK_THAT(file.error(servers), Contains("bind_password_file"));
  CHECK_THAT(file.error(servers + "  bind_password: secret\n  bind_password_file: x\n"), Contains("bind_password"));
  CHECK_THAT(file.error(servers + "  bind_password_file: x\n  bind_password_credential: y\n"), Contains("not both"));
  CHECK_THAT(file.error(servers + "  bind_password_credential: ../y\n"), Contains("plain name"));
  const auto loaded = file.load(servers + "  bind_password_credential: ldap\n");
  REQUIRE(loaded);
  CHECK(loaded.value().directory.bind_password.filename() == "ldap");
}

TEST_CASE("filters and attributes that could change a search, and missing bases, are refused with their line") {
  ConfigFile file;
  const std::string head = "directory:\n  servers: [\"ldaps://dc1\"]\n  bind_dn: CN=frostgate\n  bind_password_file: x\n";
  CHECK_THAT(file.error(head + "  users: {base: \"DC=corp\", filter: \"(a=b)(c=d)\"}\n  groups: {base: \"OU=Groups\"}\n"), Contains("gateway.yaml:7") && Contains("balanced"));
  CHECK_THAT(file.error(head + "  users: {base: \"DC=corp\", name: \"uid)(\"}\n  groups: {base: \"OU=Groups\"}\n"), Contains("name of an attribute"));
  CHECK_THAT(file.error(head + "  users: {base: \"DC=corp\"}\n"), Contains("base"));
  CHECK_THAT(file.error(head + "  users: {base: \"DC=corp\"}\n  groups: {base: \"OU=Groups\", nested: deep}\n"), Contains("nested"));
  CHECK_THAT(file.error(head + "  domains: [\"CORP\\\\x\"]\n  users: {base: \"DC=corp\"}\n  groups: {base: \"OU=Groups\"}\n"), Contains("domains"));
}
