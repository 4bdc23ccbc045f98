// Directory users at the gateway's doors: portal and RDP, beside local users, against a real slapd.
#include <poll.h>
#include <signal.h>

#include <thread>

#include "gateway/crypto/totp.h"
#include "gateway/http/health.h"
#include "gateway/http/server.h"
#include "gateway/serve/alarms.h"
#include "gateway/serve/directory_watch.h"
#include "storage/catalog/alerts.h"
#include "storage/catalog/ledger.h"
#include "tests/integration/directory/slapd.h"
#include "tests/unit/gateway/http/api_fixture.h"
#include "tests/unit/gateway/http/tls_client.h"
#include "tests/unit/gateway/serve/relay_fixture.h"

using namespace frostgate;
using namespace frostgate::http;
using test::kUserPassword;
using test::Slapd;

namespace {

// Lets all-operators connect, who are also auditors. The local users anna and carl are the fixture's.
class DirectoryGateway : public ApiGateway {
 public:
  DirectoryGateway() {
    signal(SIGPIPE, SIG_IGN);
    directory::Settings settings = slapd.settings();
    settings.timeout = std::chrono::seconds(2);
    core->directory = std::make_unique<directory::Directory>(settings);
    core->access = std::make_unique<access::Access>(*core->catalog, *core->kek, core->directory.get());
    core->web_access = std::make_unique<access::WebAccess>(*core->catalog, *core->kek, *core->access, core->providers);
    auto policy = policy::Policy::parse("rules:\n  - {name: by group, groups: [all-operators], targets: \"*\", allow: true}\n", "policy.yaml");
    REQUIRE(policy);
    core->policy.replace(std::move(policy).value());
    REQUIRE(catalog::Roles(*core->catalog).bind({"", catalog::Role::auditor, catalog::SubjectKind::group, "all-operators", "*"}, kNow));
  }

  Answer sign_in(const std::string& user, const std::string& password, const std::string& code = "", const std::string& peer = "192.0.2.9") {
    json body{{"user", user}, {"password", password}};
    if (!code.empty()) body["code"] = code;
    Request request = plain(Method::post, "/api/v1/session", body.dump());
    request.peer = peer;
    return send(request);
  }

  Slapd slapd;
};

std::string cookie_of(const Answer& answer) {
  const std::string& header = answer.headers.at("Set-Cookie");
  return header.substr(0, header.find(';'));
}

}  // namespace

TEST_CASE("a directory's user signs in at the portal by any name, with the roles of the groups, and is one user") {
  DirectoryGateway gateway;
  for (const char* name : {"dora", "CORP\\Dora", "DORA"}) {
    const Answer answer = gateway.sign_in(name, kUserPassword);
    REQUIRE(answer.status == 201);
    CHECK(answer.body["user"] == "dora");
    CHECK(answer.body["roles"] == json{"auditor"});
  }
  CHECK(catalog::Users(*gateway.core->catalog).find("dora")->directory_dn == "cn=Dora,ou=Staff,dc=corp,dc=example");
  const Answer nobody = gateway.sign_in("bob", kUserPassword);
  REQUIRE(nobody.status == 201);
  CHECK(nobody.body["roles"].empty());
  const Answer wrong = gateway.sign_in("dora", "wrong"), unknown = gateway.sign_in("mallory", "wrong"), empty = gateway.sign_in("dora", ""), disabled = gateway.sign_in("gone", kUserPassword);
  for (const Answer* answer : {&wrong, &unknown, &empty, &disabled}) {
    CHECK(answer->status == 401);
    CHECK(answer->text == wrong.text);
  }
}

TEST_CASE("a directory's user has a second factor like everybody, and no password to change here") {
  DirectoryGateway gateway;
  const Answer first = gateway.sign_in("dora", kUserPassword);
  REQUIRE(first.status == 201);
  const auto caller = gateway.core->web_access->by_cookie(cookie_of(first).substr(std::string(kCookie).size() + 1), kNow);
  REQUIRE(caller);
  const auto changed = gateway.core->web_access->change_password(caller.value(), Secret::from_text(kUserPassword), Secret::from_text("Another-Long-Password"), "192.0.2.9", kNow);
  REQUIRE_FALSE(changed);
  CHECK(changed.error().kind == ErrorKind::invalid);

  REQUIRE(gateway.core->web_access->begin_totp("dora", kNow));
  const auto factor = catalog::SecondFactors(*gateway.core->catalog).find("dora");
  REQUIRE(factor);
  const auto secret = gateway.core->kek->unwrap(factor.value().wrapped_secret, std::string(access::kTotpContext) + "dora");
  REQUIRE(secret);
  const auto code = [&](UtcTime at) { return crypto::totp_code(secret.value().bytes(), crypto::totp_step(at)); };
  REQUIRE(gateway.core->web_access->confirm_totp("dora", code(kNow), kNow));
  CHECK(gateway.sign_in("CORP\\dora", kUserPassword).text.find("totp_needed") != std::string::npos);
  gateway.now = kNow + std::chrono::minutes(2);
  CHECK(gateway.sign_in("CORP\\dora", kUserPassword, "000000").status == 401);
  CHECK(gateway.sign_in("CORP\\dora", kUserPassword, code(gateway.now)).status == 201);
}

TEST_CASE("a name that exists here is never asked of the directory, however it is typed, and its entry never becomes that user") {
  DirectoryGateway gateway;
  CHECK(gateway.sign_in("anna", serve::kPassword).status == 201);
  CHECK(gateway.sign_in("CORP\\anna", serve::kPassword).status == 201);
  CHECK(gateway.sign_in("anna", kUserPassword).status == 401);
  CHECK(gateway.sign_in("anna.berg@corp.example", kUserPassword).status == 401);
  CHECK(gateway.sign_in("ANNA", kUserPassword).status == 401);
  CHECK(gateway.sign_in("chief@corp.example", kUserPassword).status == 401);
  CHECK(gateway.slapd.binds("cn=Anna Berg,ou=Staff") == 0);
  CHECK(gateway.slapd.binds("cn=Chief,ou=Staff") == 0);
  CHECK(catalog::Users(*gateway.core->catalog).find("anna")->directory_dn.empty());
}

TEST_CASE("guessing stops at the gateway before the directory locks the account, also when all guess at the same moment") {
  DirectoryGateway gateway;
  std::vector<std::jthread> guessers;
  for (int i = 0; i < 12; ++i) {
    guessers.emplace_back([&gateway, i] {
      (void)gateway.core->access->by_password("dora", Secret::from_text("guess"), "198.51.100." + std::to_string(i), kNow).has_value();
    });
  }
  guessers.clear();
  CHECK(gateway.slapd.binds("cn=Dora,ou=Staff") == 4);
  gateway.now = kNow + std::chrono::minutes(2);
  CHECK(gateway.sign_in("CORP\\dora", kUserPassword).status == 429);
  CHECK(gateway.slapd.binds("cn=Dora,ou=Staff") == 4);
  gateway.now = kNow + std::chrono::minutes(31);
  CHECK(gateway.sign_in("CORP\\dora", kUserPassword).status == 201);
}

TEST_CASE("a server of the directory that does not answer is told while another does, and that none does once it is gone, too") {
  DirectoryGateway gateway;
  directory::Settings settings = gateway.slapd.settings();
  {
    auto closed = serve::listen_on({"127.0.0.1", 0});
    REQUIRE(closed);
    settings.servers.insert(settings.servers.begin(), directory::Server{"127.0.0.1", closed.value().port, false});
  }
  gateway.core->directory = std::make_unique<directory::Directory>(settings);
  const auto told = [&] {
    serve::look_for_trouble(*gateway.core, kNow);
    std::vector<std::string> kinds;
    const auto raised = catalog::Alerts(*gateway.core->catalog).raised_by_kind();
    for (const auto& [kind, count] : raised.value()) {
      if (kind.starts_with("directory.")) kinds.push_back(kind);
    }
    return kinds;
  };
  gateway.core->directory->probe();
  CHECK(told() == std::vector<std::string>{"directory.degraded"});
  gateway.slapd.stop();
  gateway.core->directory->probe();
  CHECK(told() == std::vector<std::string>{"directory.degraded", "directory.unreachable"});
}

TEST_CASE("without a directory's answer local users come in, others hear that it is not there, and the node stays ready") {
  DirectoryGateway gateway;
  CHECK(gateway.sign_in("dora", kUserPassword).status == 201);
  gateway.slapd.stop();
  CHECK(gateway.sign_in("dora", kUserPassword).status == 503);
  CHECK(gateway.sign_in("root", serve::kPassword).status == 201);
  CHECK(ready(*gateway.core, kNow).status == 200);
  const auto parts = parts_of(*gateway.core, kNow);
  REQUIRE(parts.back().name == "directory");
  CHECK_FALSE(parts.back().ok);
  CHECK(metrics_text(*gateway.core, kNow).find("frostgate_part_ok{part=\"directory\"} 0") != std::string::npos);
}

TEST_CASE("a directory that hangs holds two sign-ins up and nobody else: recordings are listed, local users come in, and the third hears when to come again") {
  DirectoryGateway gateway;
  const std::string listing = gateway.as("role-auditor-own", Method::get, "/").headers["cookie"];
  // Takes connections and says nothing.
  auto silent = serve::listen_on({"127.0.0.1", 0});
  REQUIRE(silent);
  directory::Settings settings = gateway.slapd.settings();
  settings.servers = {{"127.0.0.1", silent.value().port, true}};
  settings.timeout = std::chrono::seconds(60);
  gateway.core->directory = std::make_unique<directory::Directory>(settings);
  gateway.core->access = std::make_unique<access::Access>(*gateway.core->catalog, *gateway.core->kek, gateway.core->directory.get());
  gateway.core->web_access = std::make_unique<access::WebAccess>(*gateway.core->catalog, *gateway.core->kek, *gateway.core->access, gateway.core->providers);
  auto server = Server::open({"127.0.0.1", 0}, [&] { return gateway.core->identity->current(); }, [&](Request& request) { return gateway.api.handle(request, kNow); }, Api::waits);
  REQUIRE(server);
  const std::uint16_t port = server.value()->port();
  const auto sign_in = [](const std::string& user, const std::string& password) {
    const std::string body = json{{"user", user}, {"password", password}}.dump();
    return "POST /api/v1/session HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  };
  std::vector<std::unique_ptr<TlsClient>> held;
  std::vector<Descriptor> asked;
  for (int i = 0; i < 2; ++i) {
    held.push_back(std::make_unique<TlsClient>(port));
    REQUIRE(held.back()->send(sign_in("user" + std::to_string(i), kUserPassword)));
    pollfd comes{silent.value().socket.fd(), POLLIN, 0};
    REQUIRE(poll(&comes, 1, 30'000) == 1);
    asked.emplace_back(accept4(silent.value().socket.fd(), nullptr, nullptr, SOCK_CLOEXEC));
    REQUIRE(asked.back().valid());
  }
  for (int i = 2; i < 8; ++i) {
    TlsClient more(port);
    REQUIRE(more.send(sign_in("user" + std::to_string(i), kUserPassword)));
    const auto answer = more.receive();
    CHECK(answer.status == 503);
    CHECK(answer.headers.find("Retry-After: 5") != std::string::npos);
  }
  TlsClient other(port);
  REQUIRE(other.send("GET /api/v1/recordings HTTP/1.1\r\nHost: gateway\r\nCookie: " + listing + "\r\n\r\n"));
  CHECK(other.receive().status == 200);
  REQUIRE(other.send(sign_in("anna", serve::kPassword)));
  CHECK(other.receive().status == 201);
  // Both still wait: nothing of this waited for them.
  asked.clear();
  for (const auto& client : held) CHECK(client->receive().status == 503);
}

TEST_CASE("an RDP client's domain counts for directory users, and the policy decides by the directory's groups") {
  DirectoryGateway gateway;
  const auto login = [&](const std::string& user, const std::string& domain, const std::string& password) {
    serve::Relay relay(gateway);
    return relay.say({{"type", "authenticate"}, {"user", user}, {"domain", domain}, {"password", password}}).body;
  };
  CHECK(login("Dora@dc1", "CORP", kUserPassword) == serve::admitted("dora", "dc1"));
  CHECK(login("CORP\\dora@dc1", "", kUserPassword) == serve::admitted("dora", "dc1"));
  for (const auto& [user, domain, password] : std::vector<std::array<std::string, 3>>{
           {"bob@dc1", "CORP", kUserPassword}, {"dora@dc1", "CONTOSO", kUserPassword}, {"dora@dc1", "", "wrong"}, {"dora@dc1", "", ""}, {"gone@dc1", "", kUserPassword}}) {
    INFO(user << " " << domain);
    CHECK(login(user, domain, password) == json{{"type", "denied"}});
  }
}

TEST_CASE("who is disabled in the directory is out: web session, tickets and running sessions; other groups count from the next look on") {
  DirectoryGateway gateway;
  const Answer answer = gateway.sign_in("dora", kUserPassword);
  REQUIRE(answer.status == 201);
  const std::string cookie = cookie_of(answer).substr(std::string(kCookie).size() + 1);
  REQUIRE(gateway.core->sessions.enter("s1", "dora", "dc1", {}));
  serve::refresh_directory_users(*gateway.core, kNow);
  CHECK(gateway.core->sessions.take_orders("s1").empty());
  CHECK(gateway.core->web_access->by_cookie(cookie, kNow)->entitlements.has(access::Role::auditor));

  gateway.slapd.change("dn: CN=admins,OU=Groups,DC=corp,DC=example\nchangetype: modify\ndelete: member\nmember: CN=Dora,OU=Staff,DC=corp,DC=example\n");
  serve::refresh_directory_users(*gateway.core, kNow);
  CHECK_FALSE(gateway.core->web_access->by_cookie(cookie, kNow)->entitlements.has(access::Role::auditor));
  CHECK(gateway.core->sessions.take_orders("s1").empty());

  const std::string ticket = serve::ticket_for(gateway, "dora", "kiosk");
  gateway.slapd.change("dn: CN=Dora,OU=Staff,DC=corp,DC=example\nchangetype: modify\nreplace: userAccountControl\nuserAccountControl: 514\n");
  serve::refresh_directory_users(*gateway.core, kNow);
  CHECK_FALSE(gateway.core->web_access->by_cookie(cookie, kNow));
  const auto orders = gateway.core->sessions.take_orders("s1");
  REQUIRE(orders.size() == 1);
  CHECK(orders[0]["type"] == "end");
  serve::Relay relay(gateway, serve::FrontKind::vnc);
  CHECK(relay.answer_challenge(ticket).body == json{{"type", "denied"}});

  // A directory that does not answer shuts nobody out.
  gateway.slapd.change("dn: CN=Dora,OU=Staff,DC=corp,DC=example\nchangetype: modify\nreplace: userAccountControl\nuserAccountControl: 512\n");
  REQUIRE(gateway.sign_in("dora", kUserPassword).status == 201);
  gateway.slapd.stop();
  serve::refresh_directory_users(*gateway.core, kNow);
  CHECK_FALSE(catalog::Users(*gateway.core->catalog).find("dora")->disabled);
}
