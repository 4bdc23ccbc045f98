#include "gateway/serve/trouble.h"

#include <algorithm>

#include "gateway/serve/alarms.h"
#include "gateway/serve/redaction_queue.h"
#include "storage/catalog/alerts.h"
#include "storage/catalog/jobs.h"
#include "storage/catalog/policies.h"
#include "tests/unit/gateway/serve/gateway_fixture.h"

using namespace frostgate;
using namespace frostgate::serve;
using Catch::Matchers::Contains;
using std::chrono::minutes;

namespace {

class Watched {
 public:
  Watched() {
    auto policy = policy::Policy::parse("groups: {leads: [carl], bosses: [bert]}\nrules:\n"
                                        "  - {name: prod, users: '*', targets: dc1, allow: true, emergency: allow,\n"
                                        "     approval: {groups: [leads], wait_minutes: 600, valid_minutes: 30, use: window, escalate: {groups: [bosses], after_minutes: 10}}}\n"
                                        "  - {name: lab, users: '*', targets: kiosk, allow: true}\n",
                                        "test")
                      .value();
    REQUIRE(catalog::Policies(*core().catalog).keep(policy.digest(), policy.text(), kNow));
    core().policy.replace(std::move(policy));
  }
  Core& core() { return *gateway.core; }
  catalog::Recording session(const std::string& id, const std::string& rule, UtcTime started = kNow) {
    catalog::Recording row;
    row.id = id;
    row.user = "anna";
    row.target = rule == "lab" ? "kiosk" : "dc1";
    row.rule = rule;
    row.node = core().node;
    row.policy_digest = core().policy->digest();
    row.started = started;
    REQUIRE(catalog::Recordings(*core().catalog).create(row));
    return row;
  }
  approvals::Wish wish() {
    approvals::Wish out;
    out.requester = "anna";
    out.reason = "index";
    out.target = "dc1";
    out.rule = "prod";
    out.policy_digest = core().policy->digest();
    out.gate = core().policy.current()->find("prod")->gate(policy::GateKind::connect);
    return out;
  }
  std::vector<catalog::Alert> alerts(const std::string& kind) {
    std::vector<catalog::Alert> out = catalog::Alerts(*core().catalog).list(100, 0).value();
    std::erase_if(out, [&](const catalog::Alert& one) { return one.kind != kind; });
    return out;
  }

  Gateway gateway;
};

}  // namespace

TEST_CASE("a session that runs, or has run, without the approval that its rule asks for is told, and no other") {
  Watched world;
  approvals::Approvals& approvals = *world.core().approvals;
  const auto asked = approvals.ask(world.wish(), kNow).value();
  REQUIRE(approvals.decide(asked.id, {"carl", {"leads"}}, true, "", kNow));
  REQUIRE(approvals.use(asked.id, "approved-1", kNow));
  world.session("approved-1", "prod");
  REQUIRE(approvals.use(asked.id, "approved-2", kNow + minutes(5)));
  world.session("approved-2", "prod", kNow + minutes(5));
  world.session("free", "lab");
  look_at_running_sessions(world.core(), kNow + minutes(6));
  CHECK(world.alerts("approval.missing").empty());

  world.session("late", "prod", kNow + minutes(31));  // the window was over by then
  look_at_running_sessions(world.core(), kNow + minutes(32));
  REQUIRE(world.alerts("approval.missing").size() == 1);
  const catalog::Alert told = world.alerts("approval.missing").front();
  CHECK(told.subject == "late");
  CHECK(told.severity == "critical");
  CHECK_THAT(told.text, Contains("anna on dc1") && Contains("\"prod\"") && Contains("frostgate sessions end late"));

  catalog::RecordingChange change;
  change.status = catalog::RecordingStatus::clean;
  change.ended = kNow + minutes(40);
  REQUIRE(catalog::Recordings(*world.core().catalog).update("late", change));
  look_for_tampering(world.core(), kNow + std::chrono::hours(48));
  CHECK(world.alerts("approval.missing").size() == 2);
  look_for_tampering(world.core(), kNow + std::chrono::hours(24 * 30));
  CHECK(world.alerts("approval.missing").size() == 2);
}

TEST_CASE("a session that began in an emergency has what it needs, and is told when nobody signs for it within a day") {
  Watched world;
  REQUIRE(world.core().approvals->begin_in_emergency(world.wish(), "s1", kNow));
  look_at_session(world.core(), world.session("s1", "prod"), kNow);
  CHECK(world.alerts("approval.missing").empty());
  look_at_requests(world.core(), kNow + std::chrono::hours(23));
  CHECK(world.alerts("approval.unreviewed").empty());
  look_at_requests(world.core(), kNow + std::chrono::hours(25));
  look_at_requests(world.core(), kNow + std::chrono::hours(26));
  REQUIRE(world.alerts("approval.unreviewed").size() == 1);
  const std::string id = world.alerts("approval.unreviewed").front().subject;
  look_at_requests(world.core(), kNow + std::chrono::hours(50));
  CHECK(world.alerts("approval.unreviewed").size() == 2);
  REQUIRE(world.core().approvals->review(id, {"carl", {"leads"}}, "it was", kNow + std::chrono::hours(51)));
  look_at_requests(world.core(), kNow + std::chrono::hours(100));
  CHECK(world.alerts("approval.unreviewed").size() == 2);
}

TEST_CASE("a request that nobody decides in time is told once, with the groups that may decide from then on") {
  Watched world;
  REQUIRE(world.core().approvals->ask(world.wish(), kNow));
  look_at_requests(world.core(), kNow + minutes(9));
  CHECK(world.alerts("approval.escalated").empty());
  for (const int at : {10, 90, 500}) look_at_requests(world.core(), kNow + minutes(at));
  REQUIRE(world.alerts("approval.escalated").size() == 1);
  CHECK_THAT(world.alerts("approval.escalated").front().text, Contains("anna") && Contains("bosses"));
}

TEST_CASE("a key file that is gone, or another, is told, and known to whoever asks whether this gateway is ready") {
  Watched world;
  look_at_key(world.core(), kNow);
  CHECK(world.core().key_health.last());
  const auto file = world.core().config.key_file();
  const std::string key = read_file(file);
  REQUIRE(std::filesystem::remove(file));
  look_at_key(world.core(), kNow);
  CHECK_FALSE(world.core().key_health.last());
  REQUIRE(world.alerts("key.trouble").size() == 1);
  CHECK(world.alerts("key.trouble").front().severity == "critical");
  std::string other = key;
  other[key.size() / 2] = static_cast<char>(other[key.size() / 2] ^ 1);
  write_file(file, other);
  std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  look_at_key(world.core(), kNow + minutes(120));
  CHECK_FALSE(world.core().key_health.last());
  CHECK(world.alerts("key.trouble").size() == 2);
  write_file(file, key);
  look_at_key(world.core(), kNow + minutes(240));
  CHECK(world.core().key_health.last());
  CHECK(world.alerts("key.trouble").size() == 2);
}

TEST_CASE("recordings that wait while workers are free are told with why the last worker did not start; while all are busy they are not") {
  Watched world;
  world.core().config.redaction.workers = 1;
  REQUIRE(queue_redaction(world.core(), "r1", kNow));
  REQUIRE(queue_redaction(world.core(), "r2", kNow));
  look_at_workers(world.core(), kNow + minutes(14));
  CHECK(world.alerts("worker.starved").empty());
  const auto job = catalog::Jobs(*world.core().catalog).claim(kRedactionJob, world.core().node + "/" + kRedactionJob + "/0", kNow, minutes(60)).value();
  REQUIRE(job);
  look_at_workers(world.core(), kNow + minutes(16));
  CHECK(world.alerts("worker.starved").empty());
  REQUIRE(catalog::Jobs(*world.core().catalog).fail(job->lease, "it died", kNow + minutes(60)));
  world.core().worker_health.note(Error{ErrorKind::io, "no such program"});
  look_at_workers(world.core(), kNow + minutes(16));
  REQUIRE(world.alerts("worker.starved").size() == 1);
  CHECK_THAT(world.alerts("worker.starved").front().text, Contains("1 recordings") && Contains("no such program"));
}
