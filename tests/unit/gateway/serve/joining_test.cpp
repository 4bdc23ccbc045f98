// Somebody who joins a running session of somebody else's: who may, what it uses up, and when they are shown out.
#include <fcntl.h>
#include <sys/socket.h>

#include "gateway/serve/admin.h"
#include "gateway/serve/joining.h"
#include "storage/catalog/alerts.h"
#include "storage/catalog/ledger.h"
#include "storage/catalog/sign_ins.h"
#include "tests/unit/gateway/serve/relay_fixture.h"

using namespace frostgate;
using namespace frostgate::serve;
using nlohmann::json;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

// bert may join anna on dc1 when carl agrees; on kiosk nobody may.
constexpr const char* kJoinPolicy = R"(
rules:
  - {name: shared, users: anna, targets: dc1, allow: true, gates: {join: {reason: required, approval: {users: [carl, bert], valid_minutes: 30}}}}
  - {name: others, users: "*", targets: "*", allow: true}
)";

struct Joining {
  explicit Joining(const std::string& target = "dc1") : relay(gateway) {
    core().policy.replace(policy::Policy::parse(kJoinPolicy, "test").value());
    gateway.make_approver("carl");
    catalog::Users users(*core().catalog);
    REQUIRE(users.add("bert", users.find("anna").value().password_hash, kNow));
    REQUIRE(catalog::Roles(*core().catalog).bind({"", catalog::Role::auditor, catalog::SubjectKind::user, "bert", "*"}, kNow));
    visit = {"bert", target, catalog::WebSessions(*core().catalog).begin(std::string(64, 'b'), "bert", "192.0.2.9", kNow).value(), "192.0.2.9", relay.id()};
    relay.login("anna@" + target, kPassword);
    REQUIRE(relay.say({{"type", "open_target"}}).body.value("type", "") == "target");
    relay.say({{"type", "back_connected"}, {"graphics", 0}, {"certificate", ""}});
  }
  Core& core() { return *gateway.core; }
  Result<AdminReply> ask(json body) {
    ipc::Message request = message(std::move(body));
    return administer(core(), request, kNow);
  }
  Result<AdminReply> wish(const std::string& user = "bert") {
    return ask({{"type", "request.create"}, {"kind", "join"}, {"user", user}, {"target", ""}, {"recording", relay.id()}, {"reason", "to help"}, {"ticket", ""}});
  }
  Result<AdminReply> decide(const std::string& id, const std::string& as) {
    return ask({{"type", "request.decide"}, {"id", id}, {"approve", 1}, {"comment", ""}, {"as", as}, {"code", ""}, {"password", kPassword}});
  }
  std::string granted() {
    const auto asked = wish();
    REQUIRE(asked);
    const std::string id = asked.value().body["request"]["id"];
    REQUIRE(decide(id, "carl"));
    return id;
  }
  Result<void> join() {
    int pair[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    page = Descriptor(pair[0]);
    return join_session(core(), Descriptor(pair[1]), visit, kNow);
  }
  // What the thread of the session hands on.
  std::vector<Reply> invitations() {
    std::vector<Reply> out;
    for (SessionControl::Guest& guest : core().sessions.take_guests(relay.id())) out.push_back(relay.broker.guests().invitation(std::move(guest)));
    return out;
  }
  std::string state_of(const std::string& id) { return to_string(core().approvals->find(id, kNow).value().state); }
  std::vector<std::string> story() {
    std::vector<std::string> out;
    const auto entries = catalog::Ledger(*core().catalog).list(0, 500);
    REQUIRE(entries);
    for (const catalog::LedgerEntry& entry : entries.value()) {
      const json detail = json::parse(entry.details, nullptr, false);
      if (entry.event == catalog::LedgerEvent::joined) out.push_back("joined by " + entry.actor + ", approved by " + detail["approved_by"].get<std::string>());
      if (entry.event == catalog::LedgerEvent::left) out.push_back("left: " + detail["why"].get<std::string>());
    }
    return out;
  }

  Gateway gateway;
  Relay relay;
  BrowserVisit visit;
  Descriptor page;  // the other end of the guest's connection
};

}  // namespace

TEST_CASE("who joins a session does so by somebody's word, once, and the relay gets the connection and the names") {
  Joining world;
  CHECK(world.join().error().kind == ErrorKind::denied);
  CHECK(world.wish("anna").error().kind == ErrorKind::denied);  // the own one
  const auto asked = world.wish();
  REQUIRE(asked);
  const std::string id = asked.value().body["request"]["id"];
  CHECK_FALSE(world.decide(id, "bert"));
  CHECK(world.join().error().kind == ErrorKind::denied);
  REQUIRE(world.decide(id, "carl"));
  CHECK(world.story().empty());
  REQUIRE(world.join());
  CHECK(world.state_of(id) == "used");
  std::vector<Reply> invited = world.invitations();
  REQUIRE(invited.size() == 1);
  CHECK(invited[0].body == json{{"type", "join"}, {"number", 1}, {"user", "bert"}, {"request", id}, {"approved_by", "carl"}});
  REQUIRE(invited[0].descriptors.size() == 1);
  REQUIRE(write(world.page.fd(), "x", 1) == 1);
  char got = 0;
  CHECK((read(invited[0].descriptors[0].fd(), &got, 1) == 1 && got == 'x'));
  const auto alerts = catalog::Alerts(*world.core().catalog).list(50, 0);
  REQUIRE(alerts);
  CHECK(std::any_of(alerts.value().begin(), alerts.value().end(), [](const auto& alert) { return alert.kind == "guest.joined" && alert.text.find("bert looks on in the session of anna on dc1") == 0; }));
  CHECK(world.join().error().kind == ErrorKind::denied);
  CHECK(world.relay.broker.poll(kNow + seconds(1)).body.is_null());
  CHECK_FALSE(world.relay.say({{"type", "guest_left"}, {"number", 1}}).end_relay);
  CHECK(world.story() == std::vector<std::string>{"joined by bert, approved by carl", "left: left"});
}

TEST_CASE("where the rule has no gate for it nobody joins, and in what does not run there is nothing to join") {
  Joining closed("kiosk");
  CHECK(closed.wish().error().message.find("lets nobody join") != std::string::npos);
  CHECK(closed.join().error().kind == ErrorKind::denied);
  Joining over;
  const std::string id = over.granted();
  over.relay.broker.relay_ended("exit status 0", 0.1, kNow);
  CHECK(over.join().error().kind == ErrorKind::not_found);
  CHECK(over.wish().error().kind == ErrorKind::not_found);
  CHECK(over.state_of(id) == "approved");
}

TEST_CASE("a guest is shown out when the approval is revoked, the sign-in ends or the role is taken back, once, and leaves with the session at the latest") {
  const int how = GENERATE(0, 1, 2, 3);
  Joining world;
  const std::string id = world.granted();
  REQUIRE(world.join());
  REQUIRE(world.invitations().size() == 1);
  if (how == 0) REQUIRE(world.ask({{"type", "request.revoke"}, {"id", id}, {"comment", "enough"}}));
  if (how == 1) REQUIRE(catalog::WebSessions(*world.core().catalog).end(world.visit.web_session, "bert"));
  if (how == 2) REQUIRE(catalog::Users(*world.core().catalog).disable("bert"));
  if (how == 3) {
    world.relay.broker.relay_ended("exit status 0", 0.1, kNow + seconds(1));
    CHECK(world.story().back() == "left: the connection is over");
    return;
  }
  CHECK(world.relay.broker.poll(kNow + seconds(1)).body == json{{"type", "show_out"}, {"number", 1}});
  CHECK(world.relay.broker.poll(kNow + seconds(2)).body.is_null());
  CHECK_FALSE(world.relay.say({{"type", "guest_left"}, {"number", 1}}, kNow + seconds(2)).end_relay);
  CHECK(world.story().back() == (how == 0 ? "left: the approval was revoked by the command line" : "left: signed out of the portal"));
}

TEST_CASE("a relay that tells of a guest that it does not have is ended, and who comes while there is no relay is turned away") {
  Joining world;
  CHECK(world.relay.say({{"type", "guest_left"}, {"number", 1}}).end_relay);
  CHECK(world.relay.say({{"type", "guest_left"}}).end_relay);
  world.granted();
  REQUIRE(world.join());
  for (const SessionControl::Guest& guest : world.core().sessions.take_guests(world.relay.id())) world.relay.broker.guests().turned_away(world.relay.id(), guest, kNow);
  CHECK(world.story().back() == "left: the user's connection is lost");
  char none = 0;
  CHECK(recv(world.page.fd(), &none, 1, MSG_DONTWAIT) == 0);
}
