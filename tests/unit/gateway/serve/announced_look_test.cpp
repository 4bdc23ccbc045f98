#include "gateway/serve/announced_look.h"

#include <algorithm>

#include "gateway/serve/audit.h"
#include "storage/catalog/alerts.h"
#include "storage/catalog/ledger.h"
#include "storage/catalog/segments.h"
#include "storage/catalog/visible_text.h"
#include "tests/unit/gateway/serve/film_fixture.h"

using namespace frostgate;
using namespace frostgate::serve;
using nlohmann::json;

namespace {

std::size_t noted_views(Gateway& gateway) {
  catalog::LedgerQuery query;
  query.limit = 100;
  query.event = catalog::LedgerEvent::view;
  return catalog::Ledger(*gateway.core->catalog).find(query).value().size();
}

// Asks for every segment of the film: how many came.
std::size_t look_at_all(Gateway& gateway, AnnouncedLook& look, const std::string& id) {
  std::size_t seen = 0;
  const auto generation = catalog::Recordings(*gateway.core->catalog).find(id).value().generation;
  const auto rows = catalog::Segments(*gateway.core->catalog).list(id, generation).value();
  for (const catalog::SegmentRow& row : rows) {
    ipc::Message request = message({{"type", "recordings.segment"}, {"id", id}, {"generation", generation}, {"part", row.part}, {"index", row.index}});
    if (look.administer(*gateway.core, request, kNow, "root on the command line")) ++seen;
  }
  return seen;
}

const std::string kRoot = "root@gw on the command line";

// r1 is a film that leads have to open: carl is one.
class Gated {
 public:
  explicit Gated(const std::string& watch = "{approval: {groups: [leads]}}") {
    const std::string text = "groups: {leads: [carl]}\nrules:\n  - {name: operators, users: [anna], targets: '*', allow: true, gates: {watch: " + watch + ", export: {approval: {groups: [leads]}}}}\n";
    gateway.core->policy.replace(policy::Policy::parse(text, "test").value());
    gateway.make_approver("carl");
    publish_film(*gateway.core, "r1");
  }
  Result<AdminReply> ask(AnnouncedLook& look, json body, const std::string& by = kRoot, UtcTime now = kNow) {
    ipc::Message request = message(std::move(body));
    return look.administer(*gateway.core, request, now, by);
  }
  ErrorKind refusal(AnnouncedLook& look, json body, const std::string& by = kRoot, UtcTime now = kNow) {
    const auto reply = ask(look, std::move(body), by, now);
    REQUIRE_FALSE(reply);
    return reply.error().kind;
  }
  json segment(int index) const { return {{"type", "recordings.segment"}, {"id", "r1"}, {"generation", 2}, {"part", 0}, {"index", index}}; }
  json request(const json& more = json::object()) {
    json body{{"type", "request.create"}, {"kind", "watch"}, {"user", ""}, {"target", ""}, {"recording", "r1"}, {"reason", "a dispute"}, {"ticket", ""}};
    body.update(more);
    AnnouncedLook look;
    const auto made = ask(look, body);
    INFO((made ? "" : made.error().message));
    REQUIRE(made);
    return made.value().body["request"];
  }
  bool word_of_carl(const std::string& type, const std::string& id) {
    AnnouncedLook look;
    return ask(look, {{"type", type}, {"id", id}, {"approve", 1}, {"comment", "fine"}, {"as", "carl"}, {"code", ""}, {"password", kPassword}}).has_value();
  }

  Gateway gateway;
};

const json kSegments{{"type", "recordings.segments"}, {"id", "r1"}};

}  // namespace

TEST_CASE("a film that is fetched over one connection is one look in the audit log, and what was not announced is one more each") {
  Gateway gateway;
  publish_film(*gateway.core, "r1");
  publish_film(*gateway.core, "r2");
  AnnouncedLook look;
  ipc::Message all = message({{"type", "recordings.segments"}, {"id", "r1"}});
  REQUIRE(look.administer(*gateway.core, all, kNow, "root on the command line"));
  CHECK(noted_views(gateway) == 1);
  const std::size_t segments = look_at_all(gateway, look, "r1");
  CHECK(segments >= 2);
  CHECK(noted_views(gateway) == 1);
  CHECK(look_at_all(gateway, look, "r2") == segments);
  CHECK(noted_views(gateway) == 1 + segments);

  // A span that ends before the film begins covers no picture.
  ipc::Message nothing = message({{"type", "recordings.segments"}, {"id", "r1"}, {"from_us", 0}, {"to_us", 0}});
  REQUIRE(look.administer(*gateway.core, nothing, kNow, "root on the command line"));
  const std::size_t before = noted_views(gateway);
  REQUIRE(look_at_all(gateway, look, "r1") == segments);
  CHECK(noted_views(gateway) > before);

  AnnouncedLook another;
  const std::size_t until_then = noted_views(gateway);
  CHECK(look_at_all(gateway, another, "r1") == segments);
  CHECK(noted_views(gateway) == until_then + segments);
}

TEST_CASE("whoever is at the gateway's own machine passes a film's gate like anybody, and in no other name") {
  Gated world;
  AnnouncedLook look;
  for (const json& body : {kSegments, json{{"type", "recordings.storyboard"}, {"id", "r1"}}, json{{"type", "recordings.thumbnail"}, {"id", "r1"}, {"number", 0}},
                           json{{"type", "live.watch"}, {"id", "r1"}}, world.segment(1)}) {
    INFO(body.dump());
    CHECK(world.refusal(look, body) == ErrorKind::denied);
  }
  const json asked = world.request();
  CHECK(asked["requester"] == kRoot);
  CHECK(asked["asked_by"] == "");
  REQUIRE(world.word_of_carl("request.decide", asked["id"]));
  json in_their_name = kSegments;
  in_their_name["by"] = kRoot;
  CHECK(world.refusal(look, in_their_name, "frostgate@gw on the command line") == ErrorKind::denied);
  CHECK(world.ask(look, kSegments));
  CHECK(world.ask(look, world.segment(1)));
  CHECK(world.refusal(look, kSegments, kRoot, kNow + std::chrono::hours(3)) == ErrorKind::denied);
}

TEST_CASE("what films show, and what was masked in them, is told at the gateway's own machine of those that are open there") {
  Gated world;
  catalog::Catalog& catalog = *world.gateway.core->catalog;
  catalog::RecordingChange change;
  change.report_json = R"({"redaction":{"status":"clean","masks_by_rule":{"jwt":3}},"relay":{"strokes":7}})";
  REQUIRE(catalog::Recordings(catalog).update("r1", change));
  REQUIRE(catalog::Recordings(catalog).set_masks("r1", {{"jwt", 3}}));
  REQUIRE(catalog::VisibleText(catalog).replace("r1", {{{}, {}, {}, "systemctl restart nginx"}}));
  const auto found = [&](const json& by) {
    json body{{"type", "recordings.list"}, {"limit", 500}, {"cursor", ""}};
    body.update(by);
    AnnouncedLook look;
    const auto reply = world.ask(look, body);
    REQUIRE(reply);
    CHECK(reply.value().body["next"] == "");
    return reply.value().body["recordings"].size();
  };
  const auto report = [&] {
    AnnouncedLook look;
    const auto shown = world.ask(look, {{"type", "recordings.show"}, {"id", "r1"}});
    REQUIRE(shown);
    const auto bytes = ipc::from_memory_file(shown.value().descriptors.at(0), 1000).value();
    return json::parse(reinterpret_cast<const char*>(bytes.data()), reinterpret_cast<const char*>(bytes.data()) + bytes.size());
  };
  CHECK(found(json::object()) == 1);
  CHECK(found({{"text", "nginx"}}) == 0);
  CHECK(found({{"mask", "jwt"}}) == 0);
  CHECK(report() == json::parse(R"({"redaction":{"status":"clean"},"relay":{"strokes":7}})"));
  const std::string id = world.request()["id"];
  REQUIRE(world.word_of_carl("request.decide", id));
  CHECK(found({{"text", "nginx"}}) == 0);  // looking through a list is not sitting down to watch
  AnnouncedLook look;
  REQUIRE(world.ask(look, kSegments));
  CHECK(found({{"text", "nginx"}}) == 1);
  CHECK(found({{"mask", "jwt"}}) == 1);
  CHECK(report()["redaction"]["masks_by_rule"]["jwt"] == 3);
}

TEST_CASE("who asks in somebody's name is noted, unless that one proves to be it; nobody approves without the role") {
  Gated world;
  const std::string for_anna = world.request({{"user", "anna"}})["id"];
  CHECK(world.gateway.core->approvals->find(for_anna, kNow).value().asked_by == kRoot);
  CHECK(world.gateway.core->approvals->find(for_anna, kNow).value().requester == "anna");
  const json proved = world.request({{"user", ""}, {"kind", "export"}, {"as", "anna"}, {"code", ""}, {"password", kPassword}});
  CHECK(proved["requester"] == "anna");
  CHECK(proved["asked_by"] == "");
  AnnouncedLook look;
  CHECK(world.refusal(look, {{"type", "request.create"}, {"kind", "watch"}, {"user", ""}, {"target", ""}, {"recording", "r1"}, {"reason", ""}, {"ticket", ""},
                             {"as", "anna"}, {"code", ""}, {"password", "wrong"}}) == ErrorKind::denied);
  CHECK(world.refusal(look, {{"type", "request.create"}, {"kind", "start"}, {"user", ""}, {"target", "dc1"}, {"recording", ""}, {"reason", ""}, {"ticket", ""}}) == ErrorKind::invalid);
  const std::vector<catalog::RoleBinding> bindings = catalog::Roles(*world.gateway.core->catalog).list().value();
  for (const auto& binding : bindings) REQUIRE(catalog::Roles(*world.gateway.core->catalog).unbind(binding.id));
  CHECK_FALSE(world.word_of_carl("request.decide", proved["id"]));
}

TEST_CASE("a broken glass opens the film at once, tells its approvers, and stays open until one of them has signed") {
  Gated world;
  AnnouncedLook look;
  json broken = kSegments;
  broken["break_glass"] = "the court sits at nine";
  REQUIRE(world.ask(look, broken));
  CHECK(world.ask(look, kSegments));
  catalog::ApprovalFilter filter;
  filter.unreviewed = true;
  const auto open = world.gateway.core->approvals->list(filter, kNow).value();
  REQUIRE(open.size() == 1);
  CHECK(open[0].requester == kRoot);
  CHECK(open[0].state == approvals::State::used);
  const auto alerts = catalog::Alerts(*world.gateway.core->catalog).list(10, 0).value();
  const bool told = std::any_of(alerts.begin(), alerts.end(), [](const catalog::Alert& one) {
    return one.kind == "approval.emergency" && one.text.find("the court sits at nine") != std::string::npos && one.text.find(kRoot) != std::string::npos;
  });
  CHECK(told);
  CHECK(world.word_of_carl("request.review", open[0].id));
  CHECK(world.gateway.core->approvals->list(filter, kNow).value().empty());
}

TEST_CASE("no glass is broken where the policy lets nobody through, nor where nobody has to agree") {
  Gated closed("{allow: false}");
  AnnouncedLook look;
  json broken = kSegments;
  broken["break_glass"] = "the court sits at nine";
  CHECK(closed.refusal(look, broken) == ErrorKind::denied);
  Gated plain("{}");
  CHECK(plain.ask(look, broken));
  CHECK(plain.gateway.core->approvals->list({}, kNow).value().empty());
}

TEST_CASE("an export reads the span that may leave, and no more of a film that may not be watched") {
  Gated world;
  AnnouncedLook look;
  json cut{{"type", "recordings.segments"}, {"id", "r1"}, {"from_us", 0}, {"to_us", 500000}, {"export_reason", "ticket 4711"}};
  CHECK(world.refusal(look, cut) == ErrorKind::denied);
  cut["break_glass"] = "the court sits at nine";
  REQUIRE(world.ask(look, cut));
  CHECK(world.ask(look, world.segment(1)));
  AnnouncedLook nothing;
  json before = cut;
  before["to_us"] = 0;
  REQUIRE(world.ask(nothing, before));
  CHECK(world.refusal(nothing, world.segment(1)) == ErrorKind::denied);
  AnnouncedLook unannounced;
  CHECK(world.refusal(unannounced, {{"type", "export.sign"}, {"id", "r1"}}) == ErrorKind::invalid);
}

TEST_CASE("a look at a running session is its connection's alone, and ends with the right to it") {
  Gated world;
  LiveHub::Source source(world.gateway.core->live, "r1");
  AnnouncedLook look, other;
  json watch{{"type", "live.watch"}, {"id", "r1"}, {"break_glass", "they are in the vault"}};
  const auto begun = world.ask(look, watch);
  REQUIRE(begun);
  const json next{{"type", "live.next"}, {"watcher", begun.value().body["watcher"]}};
  CHECK(world.refusal(other, next) == ErrorKind::not_found);
  CHECK(world.ask(look, next));
  CHECK(world.refusal(look, next, kRoot, kNow + std::chrono::hours(3)) == ErrorKind::denied);
}
