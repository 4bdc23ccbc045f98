#include <algorithm>
#include <random>
#include <set>

#include "gateway/serve/admin.h"
#include "gateway/serve/recording_pause.h"
#include "storage/catalog/alerts.h"
#include "storage/catalog/ledger.h"
#include "tests/unit/gateway/serve/relay_fixture.h"

using namespace frostgate;
using namespace frostgate::serve;
using nlohmann::json;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

// anna works on dc1, and may pause or stop its recording when carl agrees; on kiosk by her own word; nowhere else.
constexpr const char* kPausePolicy = R"(
rules:
  - name: agreed
    users: anna
    targets: dc1
    allow: true
    gates: {pause: {approval: {users: [carl, anna], valid_minutes: 30}, reason: required, longest_minutes: 10}, stop: {approval: {users: [carl, anna], valid_minutes: 30}}}
  - {name: free, users: anna, targets: kiosk, allow: true, gates: {pause: {allow: true}}}
  - {name: others, users: "*", targets: "*", allow: true}
)";

struct Pausing {
  explicit Pausing(const std::string& target = "dc1", const std::string& user = "anna") : relay(gateway) {
    gateway.core->policy.replace(policy::Policy::parse(kPausePolicy, "test").value());
    gateway.make_approver("carl");
    relay.login(user + "@" + target, kPassword);
    REQUIRE(relay.say({{"type", "open_target"}}).body.value("type", "") == "target");
    relay.say({{"type", "back_connected"}, {"graphics", 0}, {"certificate", ""}});
  }
  Result<AdminReply> ask(json body, UtcTime now = kNow) {
    ipc::Message request = message(std::move(body));
    return administer(*gateway.core, request, now);
  }
  Result<AdminReply> wish(const std::string& user = "anna", UtcTime now = kNow, const char* kind = "pause") {
    return ask({{"type", "request.create"}, {"kind", kind}, {"user", user}, {"target", ""}, {"recording", relay.id()}, {"reason", "a key is typed"}, {"ticket", ""}}, now);
  }
  Result<AdminReply> decide(const std::string& id, const std::string& as, bool approve = true, UtcTime now = kNow) {
    return ask({{"type", "request.decide"}, {"id", id}, {"approve", approve ? 1 : 0}, {"comment", ""}, {"as", as}, {"code", ""}, {"password", kPassword}}, now);
  }
  std::string granted(const char* kind = "pause") {
    const auto asked = wish("anna", kNow, kind);
    REQUIRE(asked);
    const std::string id = asked.value().body["request"]["id"];
    REQUIRE(decide(id, "carl"));
    return id;
  }
  // What the thread of the session does with its orders.
  std::vector<json> orders(UtcTime now = kNow) {
    std::vector<json> out = gateway.core->sessions.take_orders(relay.id());
    for (const json& order : out) relay.broker.ordered(order, now);
    return out;
  }
  json poll(UtcTime now) {
    const Reply reply = relay.broker.poll(now);
    ended = reply.end_relay;
    return reply.body.is_null() ? json::object() : reply.body;
  }
  std::vector<std::string> story() {
    std::vector<std::string> out;
    const auto entries = catalog::Ledger(*gateway.core->catalog).list(0, 500);
    REQUIRE(entries);
    for (const catalog::LedgerEntry& entry : entries.value()) {
      const json detail = json::parse(entry.details, nullptr, false);
      if (entry.event == catalog::LedgerEvent::paused || entry.event == catalog::LedgerEvent::stopped || entry.event == catalog::LedgerEvent::resumed) out.push_back(std::string(to_string(entry.event)) + (detail.contains("why") ? ": " + detail["why"].get<std::string>() : ""));
      if (entry.event == catalog::LedgerEvent::approval) out.push_back(detail["what"]);
    }
    return out;
  }
  bool paused() { return gateway.core->sessions.paused(relay.id()).has_value(); }
  std::string state_of(const std::string& request, UtcTime now = kNow) { return to_string(gateway.core->approvals->find(request, now).value().state); }

  Gateway gateway;
  Relay relay;
  bool ended = false;
};

}  // namespace

TEST_CASE("a recording pauses for its user when somebody has agreed, once, and no longer than the rule says") {
  Pausing world;
  CHECK(world.wish("carl").error().kind == ErrorKind::denied);  // somebody else's session
  CHECK(pause_recording(*world.gateway.core, world.relay.id(), "anna", kNow).error().kind == ErrorKind::denied);
  const std::string id = world.wish().value().body["request"]["id"];
  CHECK(world.decide(id, "anna").error().kind == ErrorKind::denied);
  CHECK(pause_recording(*world.gateway.core, world.relay.id(), "anna", kNow).error().message.find("nobody has decided on the request " + id) != std::string::npos);
  REQUIRE(world.decide(id, "carl"));
  CHECK(pause_recording(*world.gateway.core, world.relay.id(), "carl", kNow).error().kind == ErrorKind::denied);
  REQUIRE(world.ask({{"type", "sessions.pause_recording"}, {"id", world.relay.id()}, {"user", "anna"}}));
  CHECK(world.state_of(id) == "used");
  const std::vector<json> orders = world.orders();
  REQUIRE(orders.size() == 1);
  CHECK(orders[0]["type"] == "pause_recording");
  CHECK((orders[0]["by"] == "anna" && orders[0]["approved_by"] == "carl" && orders[0]["reason"] == "a key is typed" && orders[0]["request"] == id));
  CHECK(orders[0]["seconds"] == 600);
  CHECK(pause_recording(*world.gateway.core, world.relay.id(), "anna", kNow).error().kind == ErrorKind::exists);

  CHECK_FALSE(world.relay.say({{"type", "recording"}, {"paused", 1}}).end_relay);
  CHECK(world.paused());
  const auto alerts = catalog::Alerts(*world.gateway.core->catalog).list(50, 0);
  REQUIRE(alerts);
  CHECK(std::any_of(alerts.value().begin(), alerts.value().end(), [](const auto& alert) { return alert.kind == "recording.paused"; }));
  CHECK(world.poll(kNow + minutes(10)).empty());
  CHECK_FALSE(world.relay.say({{"type", "recording"}, {"paused", 0}}, kNow + minutes(10)).end_relay);
  CHECK_FALSE(world.paused());
  CHECK(world.story() == std::vector<std::string>{"requested", "approved", "used", "paused", "resumed: the time for it was over"});
  CHECK(pause_recording(*world.gateway.core, world.relay.id(), "anna", kNow).error().kind == ErrorKind::denied);
}

TEST_CASE("a pause ends at its user's word, and when its approval is revoked") {
  const bool revoked = GENERATE(false, true);
  Pausing world;
  const std::string id = world.granted();
  REQUIRE(pause_recording(*world.gateway.core, world.relay.id(), "anna", kNow));
  world.orders();
  world.relay.say({{"type", "recording"}, {"paused", 1}});
  CHECK(world.poll(kNow + seconds(1)).empty());
  if (revoked) {
    REQUIRE(world.ask({{"type", "request.revoke"}, {"id", id}, {"comment", "enough"}}));
    CHECK(world.poll(kNow + seconds(2)) == json{{"type", "record_again"}, {"why", "the approval was revoked by the command line"}});
  } else {
    REQUIRE(record_again(*world.gateway.core, world.relay.id(), "anna"));
    CHECK(world.orders(kNow + seconds(2)) == std::vector<json>{{{"type", "record_again"}, {"why", "anna asked for it"}}});
  }
  CHECK(world.poll(kNow + seconds(3)).empty());  // told once
  world.relay.say({{"type", "recording"}, {"paused", 0}}, kNow + seconds(3));
  CHECK_FALSE(world.paused());
  CHECK(world.story().back() == (revoked ? "resumed: the approval was revoked by the command line" : "resumed: anna asked for it"));
}

TEST_CASE("a relay that does not say that it pauses goes on, and its user can ask again with the same approval") {
  Pausing world;
  const std::string id = world.granted();
  REQUIRE(pause_recording(*world.gateway.core, world.relay.id(), "anna", kNow));
  world.orders();
  CHECK(world.poll(kNow + seconds(4)).empty());
  CHECK(world.poll(kNow + seconds(6)) == json{{"type", "record_again"}, {"why", "the relay did not say that it pauses"}});
  CHECK(world.state_of(id) == "approved");
  world.relay.say({{"type", "recording"}, {"paused", 0}}, kNow + seconds(7));
  CHECK_FALSE(world.paused());
  REQUIRE(pause_recording(*world.gateway.core, world.relay.id(), "anna", kNow + seconds(8)));
}

TEST_CASE("a relay that pauses unasked, or does not go on when it is told, is ended") {
  Pausing world;
  CHECK(world.relay.say({{"type", "recording"}, {"paused", 1}}).end_relay);
  CHECK(world.relay.say({{"type", "recording"}, {"paused", 2}}).end_relay);
  CHECK(world.relay.say({{"type", "recording"}}).end_relay);
  world.granted();
  REQUIRE(pause_recording(*world.gateway.core, world.relay.id(), "anna", kNow));
  world.orders();
  world.relay.say({{"type", "recording"}, {"paused", 1}});
  CHECK(world.relay.say({{"type", "recording"}, {"paused", 1}}).end_relay);
  CHECK(world.poll(kNow + minutes(11)) == json{{"type", "record_again"}, {"why", "the time for it was over"}});
  CHECK(world.poll(kNow + minutes(11) + seconds(4)).empty());
  CHECK_FALSE(world.ended);
  CHECK(world.poll(kNow + minutes(11) + seconds(6)).empty());
  CHECK(world.ended);
}

TEST_CASE("a session that ends while its recording pauses says so in the audit log") {
  Pausing world;
  world.granted();
  REQUIRE(pause_recording(*world.gateway.core, world.relay.id(), "anna", kNow));
  world.orders();
  world.relay.say({{"type", "recording"}, {"paused", 1}});
  world.relay.broker.relay_ended("exit status 0", 0.1, kNow + minutes(1));
  CHECK(world.story().back() == "resumed: its connection is over");
}

TEST_CASE("a pause does not outlive the gateway that it was in: what is left is settled once, and neither it nor its approval pauses anything again") {
  Pausing world;
  const std::string id = world.granted();
  REQUIRE(pause_recording(*world.gateway.core, world.relay.id(), "anna", kNow));
  world.orders();
  // This serve dies here; its relays end, and the next finds the row. What it knows is in the catalog alone.
  settle_pause(*world.gateway.core, world.relay.id(), kNow + minutes(1));
  CHECK(world.story().back() == "resumed: the session ended with the gateway");
  const std::size_t told = world.story().size();
  settle_pause(*world.gateway.core, world.relay.id(), kNow + minutes(2));
  settle_pause(*world.gateway.core, "a session that never paused", kNow + minutes(2));
  CHECK(world.story().size() == told);
  catalog::RecordingChange ended;
  ended.status = catalog::RecordingStatus::queued;
  REQUIRE(catalog::Recordings(*world.gateway.core->catalog).update(world.relay.id(), ended));
  world.gateway.core->sessions.recorded_again(world.relay.id());
  CHECK(world.state_of(id) == "used");
  CHECK(pause_recording(*world.gateway.core, world.relay.id(), "anna", kNow + minutes(3)).error().kind == ErrorKind::not_found);
  CHECK(world.wish("anna", kNow + minutes(3)).error().kind == ErrorKind::not_found);
}

TEST_CASE("a pause that comes while its user's connection is lost is none, and its approval is good for another") {
  Pausing world;
  const std::string id = world.granted();
  REQUIRE(pause_recording(*world.gateway.core, world.relay.id(), "anna", kNow));
  const std::vector<json> orders = world.gateway.core->sessions.take_orders(world.relay.id());
  REQUIRE(orders.size() == 1);
  world.relay.broker.cannot_pause(orders[0], kNow);
  CHECK_FALSE(world.paused());
  CHECK(world.state_of(id) == "approved");
  CHECK(world.poll(kNow + minutes(1)).empty());
  CHECK(world.story() == std::vector<std::string>{"requested", "approved", "used", "paused", "given-back", "resumed: its user's connection is lost"});
}

TEST_CASE("a pause that nobody has to agree to has a request all the same, and one that the rule does not name is denied") {
  Pausing free("kiosk");
  REQUIRE(pause_recording(*free.gateway.core, free.relay.id(), "anna", kNow));
  const std::vector<json> orders = free.orders();
  REQUIRE(orders.size() == 1);
  CHECK(free.state_of(orders[0]["request"]) == "used");
  CHECK(orders[0]["approved_by"] == "");
  Pausing other("dc1", "carl");
  CHECK(pause_recording(*other.gateway.core, other.relay.id(), "carl", kNow).error().message.find("does not let the recording pause") != std::string::npos);
  CHECK(other.wish("carl").error().kind == ErrorKind::denied);
}

TEST_CASE("a recording stops for its user when somebody has agreed to that, for as long as the session lasts, and whoever loses the connection does not come back") {
  Pausing world;
  const auto& core = world.gateway.core;
  CHECK(world.wish("carl", kNow, "stop").error().kind == ErrorKind::denied);
  CHECK(stop_recording(*core, world.relay.id(), "anna", kNow).error().kind == ErrorKind::denied);
  world.granted("pause");
  CHECK(stop_recording(*core, world.relay.id(), "anna", kNow).error().kind == ErrorKind::denied);  // that was for a pause
  const std::string id = world.granted("stop");
  CHECK(stop_recording(*core, world.relay.id(), "carl", kNow).error().kind == ErrorKind::denied);
  REQUIRE(world.ask({{"type", "sessions.stop_recording"}, {"id", world.relay.id()}, {"user", "anna"}}));
  CHECK(world.state_of(id) == "used");
  const std::vector<json> orders = world.orders();
  REQUIRE(orders.size() == 1);
  CHECK((orders[0]["type"] == "stop_recording" && orders[0]["by"] == "anna" && orders[0]["approved_by"] == "carl" && orders[0]["request"] == id));
  CHECK_FALSE((orders[0].contains("until_us") || orders[0].contains("seconds")));
  CHECK(pause_recording(*core, world.relay.id(), "anna", kNow).error().kind == ErrorKind::exists);
  CHECK_FALSE(world.relay.say({{"type", "recording"}, {"paused", 1}}).end_relay);
  REQUIRE(core->sessions.paused(world.relay.id()));
  CHECK_FALSE(core->sessions.paused(world.relay.id())->until);
  const auto alerts = catalog::Alerts(*core->catalog).list(50, 0);
  REQUIRE(alerts);
  CHECK(std::any_of(alerts.value().begin(), alerts.value().end(), [](const auto& alert) { return alert.kind == "recording.stopped" && alert.text.find("approved by carl") != std::string::npos; }));
  CHECK(world.poll(kNow + minutes(500)).empty());  // no time is over
  CHECK_FALSE(world.ended);
  world.relay.say({{"type", "ended"}, {"reason", "the connection to the client is lost"}, {"client_lost", 1}, {"strokes", 0}, {"pasted_bytes", 0}, {"copied_bytes", 0}}, kNow + minutes(501));
  world.relay.broker.relay_ended("exit status 0", 0.1, kNow + minutes(501));
  CHECK_FALSE(world.relay.broker.awaits_return());
  CHECK(world.story() == std::vector<std::string>{"requested", "approved", "requested", "approved", "used", "stopped"});
}

TEST_CASE("a recording that was stopped goes on at its user's word, and when the approval is revoked") {
  const bool revoked = GENERATE(false, true);
  Pausing world;
  const std::string id = world.granted("stop");
  REQUIRE(stop_recording(*world.gateway.core, world.relay.id(), "anna", kNow));
  world.orders();
  world.relay.say({{"type", "recording"}, {"paused", 1}});
  if (revoked) {
    REQUIRE(world.ask({{"type", "request.revoke"}, {"id", id}, {"comment", "enough"}}));
    CHECK(world.poll(kNow + seconds(2)) == json{{"type", "record_again"}, {"why", "the approval was revoked by the command line"}});
  } else {
    REQUIRE(record_again(*world.gateway.core, world.relay.id(), "anna"));
    CHECK(world.orders(kNow + seconds(2)) == std::vector<json>{{{"type", "record_again"}, {"why", "anna asked for it"}}});
  }
  world.relay.say({{"type", "recording"}, {"paused", 0}}, kNow + seconds(3));
  CHECK_FALSE(world.paused());
  CHECK(world.story().back() == (revoked ? "resumed: the approval was revoked by the command line" : "resumed: anna asked for it"));
}

TEST_CASE("no sequence of requests, decisions and pauses lets a user pause by their own word") {
  std::mt19937 random(20261126);
  for (int round = 0; round < 12; ++round) {
    Pausing world;
    UtcTime now = kNow;
    std::vector<std::string> ids;
    std::size_t pauses = 0;
    std::set<std::string> agreed;  // by carl, and not used by a pause
    for (int step = 0; step < 40; ++step) {
      now += seconds(random() % 120);
      const std::string id = ids.empty() ? "r-000000000000" : ids[random() % ids.size()];
      switch (random() % 6) {
        case 0:
          if (const auto asked = world.wish("anna", now)) ids.push_back(asked.value().body["request"]["id"]);
          break;
        case 1: CHECK_FALSE(world.decide(id, "anna", true, now)); break;
        case 2:
          if (world.decide(id, "carl", random() % 3 != 0, now)) {
            if (world.state_of(id, now) == "approved") agreed.insert(id);
          }
          break;
        case 3: (void)world.ask({{"type", "request.cancel"}, {"id", id}, {"comment", ""}}, now).has_value(); break;
        case 4: {
          const auto paused = pause_recording(*world.gateway.core, world.relay.id(), "anna", now);
          if (!paused) break;
          ++pauses;
          const std::vector<json> orders = world.orders(now);
          REQUIRE(orders.size() == 1);
          CHECK(agreed.erase(orders[0]["request"]) == 1);
          CHECK(orders[0]["approved_by"] == "carl");
          CHECK(paused.value() <= now + minutes(10));
          world.relay.say({{"type", "recording"}, {"paused", 1}}, now);
          break;
        }
        default:
          if (world.paused()) world.relay.say({{"type", "recording"}, {"paused", 0}}, now);
      }
    }
    INFO(round << ": " << pauses);
    if (round == 0) CHECK(ids.size() > 1);
  }
}

TEST_CASE("a session goes on unrecorded only where its rule says so, once, and with an alert") {
  const auto open = [](Pausing& world, const std::string& more) {
    world.gateway.core->policy.replace(policy::Policy::parse("rules: [{name: all, users: \"*\", targets: \"*\", allow: true, retention: short" + more + "}]", "test").value());
    auto relay = std::make_unique<Relay>(world.gateway);
    relay->login("anna@kiosk", kPassword);
    const Reply target = relay->say({{"type", "open_target"}});
    REQUIRE(target.body.value("type", "") == "target");
    CHECK(target.body["goes_on_unrecorded"] == (more.empty() ? 0 : 1));
    return relay;
  };
  Pausing world;
  auto strict = open(world, "");
  CHECK(strict->say({{"type", "unrecorded"}, {"why", "the disk is full"}}).end_relay);
  auto mild = open(world, ", recording: {on_failure: continue}");
  CHECK_FALSE(mild->say({{"type", "unrecorded"}, {"why", "the disk is full"}}).end_relay);
  const auto alerts = catalog::Alerts(*world.gateway.core->catalog).list(50, 0);
  REQUIRE(alerts);
  CHECK(std::any_of(alerts.value().begin(), alerts.value().end(), [](const auto& alert) { return alert.kind == "recording.failed" && alert.text.find("goes on, as its rule \"all\" says") != std::string::npos; }));
  CHECK(mild->say({{"type", "unrecorded"}, {"why", "again"}}).end_relay);
  mild->broker.relay_ended("exit status 0", 0.1, kNow + minutes(1));
  const auto row = catalog::Recordings(*world.gateway.core->catalog).find(mild->id());
  REQUIRE(row);
  CHECK(row.value().report_json.find("\"unrecorded\":\"the disk is full\"") != std::string::npos);
  CHECK(row.value().retention_class == "short");
}

TEST_CASE("a session that ended because its recorder failed raises an alert, and no other whose reason only reads like it") {
  Pausing world;
  const auto [failure, alerted] = GENERATE(table<std::string, bool>({{"the disk is full", true}, {"", false}}));
  world.gateway.core->policy.replace(policy::Policy::parse("rules: [{name: all, users: \"*\", targets: \"*\", allow: true}]", "test").value());
  Relay relay(world.gateway);
  relay.login("anna@kiosk", kPassword);
  REQUIRE(relay.say({{"type", "open_target"}}).body.value("type", "") == "target");
  CHECK_FALSE(relay.say({{"type", "ended"}, {"reason", "recording failed: the disk is full"}, {"recording_failed", failure}}).end_relay);
  relay.broker.relay_ended("exit status 0", 0.1, kNow + minutes(1));
  const auto alerts = catalog::Alerts(*world.gateway.core->catalog).list(50, 0);
  REQUIRE(alerts);
  CHECK(alerted == std::any_of(alerts.value().begin(), alerts.value().end(), [](const auto& alert) {
          return alert.kind == "recording.failed" && alert.text.find("cannot be recorded: the disk is full.") != std::string::npos;
        }));
}
