// The directory room against a real slapd.
#include "gateway/directory/directory.h"

#include <signal.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "gateway/directory/examination.h"
#include "gateway/serve/listener.h"
#include "tests/integration/directory/slapd.h"

using namespace frostgate;
using namespace frostgate::directory;
using Catch::Matchers::Contains;
using test::kUserPassword;
using test::Slapd;

namespace {

constexpr UtcTime kNow{std::chrono::seconds(1'800'000'000)};
using Names = std::vector<std::string>;

Slapd& slapd() {
  signal(SIGPIPE, SIG_IGN);
  static Slapd one;
  return one;
}

Result<Person> check(Directory& directory, const std::string& name, const std::string& password = kUserPassword) {
  return directory.check_password(typed_name(name), Secret::from_text(password), [](const std::string&) { return Result<void>(); }, kNow);
}

Error refusal(const Result<Person>& result) {
  REQUIRE_FALSE(result);
  INFO(result.error().message);
  return result.error();
}

}  // namespace

TEST_CASE("a directory's user is found by each kind of name, with one name and all groups, nested in a circle as well") {
  Directory directory(slapd().settings());
  for (const char* name : {"anna", "ANNA", "CORP\\anna", "corp.example\\Anna", "anna.berg@corp.example", "Anna.Berg@CORP.example"}) {
    INFO(name);
    const auto found = check(directory, name);
    INFO((found ? std::string() : found.error().message));
    REQUIRE(found);
    CHECK(found.value().user == "anna");
    CHECK(found.value().dn == "cn=Anna Berg,ou=Staff,dc=corp,dc=example");
    CHECK(found.value().groups == Names{"Backup Operators", "admins", "all-operators", "prod-operators"});
  }
  CHECK(check(directory, "bob")->groups.empty());
  CHECK(directory.health().reachable);
}

TEST_CASE("only direct groups count when nested is no") {
  Settings settings = slapd().settings();
  settings.nesting = Nesting::none;
  Directory directory(settings);
  CHECK(check(directory, "anna")->groups == Names{"Backup Operators", "admins"});
}

TEST_CASE("wrong, empty and cut passwords are refused, and the empty one before any server hears of it") {
  Directory directory(slapd().settings());
  CHECK(refusal(check(directory, "anna", "wrong")).kind == ErrorKind::denied);
  CHECK(refusal(check(directory, "anna", std::string(kUserPassword) + "x")).kind == ErrorKind::denied);
  const int connections = slapd().connections();
  CHECK(refusal(check(directory, "anna", "")).kind == ErrorKind::denied);
  CHECK(refusal(check(directory, "anna", std::string("\0x", 2))).kind == ErrorKind::denied);
  CHECK(slapd().connections() == connections);
  // This server would have said yes.
  const Settings settings = slapd().settings();
  auto connection = Connection::open(settings.servers[0], settings.authorities, Connection::Clock::now() + std::chrono::seconds(5));
  REQUIRE(connection);
  CHECK_FALSE(connection.value()->bind("CN=Anna Berg,OU=Staff,DC=corp,DC=example", Secret()));
  CHECK_FALSE(connection.value()->bind("", Secret::from_text(kUserPassword)));
}

TEST_CASE("a name that is a piece of a filter finds nobody, and one that fits twice or cannot be a user's is refused") {
  Directory directory(slapd().settings());
  for (const char* name : {"*", "ann*", "anna)(objectClass=*", "*)(|(sAMAccountName=*", "anna\\2a", "CORP\\*", "x)(sAMAccountName=anna", "", "nobody", "*@corp.example", "(&)"}) {
    INFO(name);
    CHECK(refusal(check(directory, name)).kind == ErrorKind::denied);
  }
  CHECK_THAT(refusal(check(directory, "clone")).message, Contains("more than one"));
  CHECK_THAT(refusal(check(directory, "odd one")).message, Contains("no single sAMAccountName"));
  CHECK_THAT(refusal(check(directory, "CONTOSO\\anna")).message, Contains("directory.domains"));
  CHECK_THAT(refusal(check(directory, "anna@contoso.example")).message, Contains("directory.domains"));
}

TEST_CASE("disabled and expired accounts are refused with the right password") {
  Directory directory(slapd().settings());
  CHECK_THAT(refusal(check(directory, "gone")).message, Contains("is disabled"));
  CHECK_THAT(refusal(check(directory, "past")).message, Contains("has expired"));
}

TEST_CASE("whoever must not try is told before the password is tried") {
  Directory directory(slapd().settings());
  const int binds = slapd().binds("cn=Anna Berg,ou=Staff");
  std::string asked;
  const auto refused = directory.check_password(typed_name("anna"), Secret::from_text(kUserPassword), [&](const std::string& user) -> Result<void> {
    asked = user;
    return Error{ErrorKind::timeout, "not now"};
  }, kNow);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message == "not now");
  CHECK(asked == "anna");
  CHECK(slapd().binds("cn=Anna Berg,ou=Staff") == binds);
  CHECK(directory.health().reachable);
}

TEST_CASE("StartTLS works as well, and a certificate of a stranger's authority or for another address is refused") {
  Settings settings = slapd().settings();
  settings.servers = {slapd().start_tls_server()};
  Directory by_start_tls(settings);
  CHECK(check(by_start_tls, "anna"));
  settings = slapd().settings();
  settings.authorities = slapd().folder() + "/stranger.crt";
  Directory strangers(settings);
  CHECK(refusal(check(strangers, "anna")).kind == ErrorKind::unavailable);
  CHECK_FALSE(strangers.health().reachable);
  settings = slapd().settings();
  settings.servers[0].host = "127.0.0.2";
  Directory elsewhere(settings);
  CHECK(refusal(check(elsewhere, "anna")).kind == ErrorKind::unavailable);
}

TEST_CASE("a server that hangs delays one sign-in, the next one answers, and it is left in peace for a while") {
  auto silent = serve::listen_on({"127.0.0.1", 0});
  REQUIRE(silent);
  Settings settings = slapd().settings();
  settings.timeout = std::chrono::seconds(1);
  settings.servers.insert(settings.servers.begin(), Server{"127.0.0.1", silent.value().port, false});
  Directory directory(settings);
  const auto begun = Connection::Clock::now();
  CHECK(check(directory, "anna"));
  const auto first = Connection::Clock::now() - begun;
  CHECK(first >= std::chrono::seconds(1));
  CHECK(first < std::chrono::seconds(8));
  CHECK(directory.health().reachable);
  CHECK_THAT(directory.health().detail, Contains("in time"));
  const auto again = Connection::Clock::now();
  CHECK(check(directory, "anna"));
  CHECK(Connection::Clock::now() - again < std::chrono::milliseconds(900));
}

TEST_CASE("when no server answers everybody hears so at once, and a probe finds the one that is back") {
  Slapd own;
  Directory directory(own.settings());
  CHECK(check(directory, "anna"));
  own.stop();
  CHECK(refusal(check(directory, "anna")).kind == ErrorKind::unavailable);
  CHECK_FALSE(directory.health().reachable);
  own.start();
  CHECK_THAT(refusal(check(directory, "anna")).message, Contains("no server of the directory answers"));
  directory.probe();
  CHECK(directory.health().reachable);
  CHECK(check(directory, "anna"));

  // Who was here is looked up again: other groups, disabled, gone.
  own.change("dn: CN=all-operators,OU=Groups,DC=corp,DC=example\nchangetype: modify\nreplace: member\nmember: CN=Bob,OU=Staff,DC=corp,DC=example\n\n"
             "dn: CN=Anna Berg,OU=Staff,DC=corp,DC=example\nchangetype: modify\nreplace: userAccountControl\nuserAccountControl: 514\n");
  const auto seen = directory.look_up({"anna", "bob", "vanished"}, kNow);
  REQUIRE(seen);
  REQUIRE(seen.value().size() == 3);
  CHECK(seen.value()[0].person.error().kind == ErrorKind::denied);
  CHECK(Result<Person>(seen.value()[1].person)->groups == Names{"admins", "all-operators", "prod-operators"});
  CHECK(seen.value()[2].person.error().kind == ErrorKind::denied);
}

TEST_CASE("our own password comes from a file that nobody else may read, and a server that refuses it is not asked again and again") {
  Settings settings = slapd().settings();
  settings.bind_password = slapd().folder() + "/mine";
  CHECK(bind_password(settings).error().kind == ErrorKind::not_found);
  std::ofstream(settings.bind_password) << "wrong\n";
  std::filesystem::permissions(settings.bind_password, std::filesystem::perms::owner_read | std::filesystem::perms::others_read);
  CHECK_THAT(bind_password(settings).error().message, Contains("chmod 0600"));
  std::filesystem::permissions(settings.bind_password, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  CHECK(bind_password(settings).value().text() == "wrong");
  Directory directory(settings);
  const int binds = slapd().binds("cn=frostgate,ou=Service");
  CHECK_THAT(refusal(check(directory, "anna")).message, Contains("our own account"));
  directory.probe();
  CHECK(refusal(check(directory, "anna")).kind == ErrorKind::unavailable);
  CHECK(slapd().binds("cn=frostgate,ou=Service") == binds + 1);
}

TEST_CASE("an examination says step by step what it found") {
  const auto texts = [](const std::vector<Step>& steps) {
    std::string out;
    for (const Step& step : steps) out += (step.good ? "+ " : "- ") + step.text + "\n";
    return out;
  };
  Settings settings = slapd().settings();
  CHECK_THAT(texts(examine_servers(settings)), Contains("+ users.base DC=corp,DC=example is there") && Contains("+ groups.base"));
  const std::string anna = texts(examine_user(settings, "CORP\\anna", Secret::from_text(kUserPassword), kNow));
  CHECK_THAT(anna, Contains("known here as anna") && Contains("+ groups: Backup Operators, admins, all-operators, prod-operators") && Contains("+ the password is right"));
  CHECK_THAT(texts(examine_user(settings, "anna", Secret::from_text("wrong"), kNow)), Contains("- ldaps://"));
  CHECK_THAT(texts(examine_user(settings, "gone", std::nullopt, kNow)), Contains("- cn=Gone") && Contains("is disabled"));
  settings.group_base = "OU=Missing,DC=corp,DC=example";
  CHECK_THAT(texts(examine_servers(settings)), Contains("- groups.base OU=Missing"));
}
