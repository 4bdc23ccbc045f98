#include "gateway/serve/quarantine.h"

#include "gateway/serve/admin.h"
#include "gateway/serve/exports.h"
#include "gateway/serve/redaction_queue.h"
#include "storage/catalog/jobs.h"
#include "storage/catalog/keys.h"
#include "tests/unit/gateway/serve/film_fixture.h"

using namespace frostgate;
using namespace frostgate::serve;
using catalog::RecordingStatus;
using nlohmann::json;

namespace {

void add_queued(Gateway& gateway, const std::string& id) {
  catalog::Recording row;
  row.id = id;
  row.user = "anna";
  row.target = "dc1";
  row.started = kNow;
  row.ended = kNow;
  row.status = RecordingStatus::queued;
  row.report_json = R"({"relay":{"cpu_seconds":1}})";
  REQUIRE(catalog::Recordings(*gateway.core->catalog).create(row));
  for (const auto kind : {catalog::KeyKind::journal, catalog::KeyKind::keystrokes, catalog::KeyKind::film}) {
    REQUIRE(catalog::Keys(*gateway.core->catalog).add(id, kind, std::vector<std::byte>(60, std::byte{3}), kNow));
  }
  REQUIRE(queue_redaction(*gateway.core, id, kNow));
}

// Every attempt is taken, and none comes to an end.
void let_job_die(Gateway& gateway) {
  catalog::Jobs jobs(*gateway.core->catalog);
  UtcTime now = kNow;
  while (jobs.claim(kRedactionJob, "test", now, std::chrono::seconds(60)).value()) now += std::chrono::seconds(61);
}

catalog::Recording row(Gateway& gateway) { return catalog::Recordings(*gateway.core->catalog).find("r1").value(); }

ErrorKind refusal_of(Gateway& gateway, json body) {
  ipc::Message request = message(std::move(body));
  const auto reply = administer(*gateway.core, request, kNow);
  REQUIRE_FALSE(reply);
  return reply.error().kind;
}

}  // namespace

TEST_CASE("ways of degrading are counted by the names that are known, and what a worker makes up is one more") {
  Degradations degradations;
  CHECK(degradations.counts().at("journal_cut") == 0);
  degradations.count("journal_cut");
  degradations.count("x1");
  degradations.count("x2");
  CHECK(degradations.counts().at("journal_cut") == 1);
  CHECK(degradations.counts().at("other") == 2);
  CHECK(degradations.counts().count("x1") == 0);
}

TEST_CASE("nothing of a quarantined recording is handed out, its keys are kept, and it says why") {
  Gateway gateway;
  add_queued(gateway, "r1");
  REQUIRE(quarantine(*gateway.core, "r1", "engine_failed", "worker, killed by signal 9"));
  CHECK(row(gateway).status == RecordingStatus::failed);
  const json report = json::parse(row(gateway).report_json);
  CHECK(report["redaction"]["status"] == "failed");
  CHECK(report["redaction"]["reasons"] == json::array({"engine_failed"}));
  CHECK(gateway.core->degradations.counts().at("engine_failed") == 1);
  CHECK(report["redaction"]["error"] == "worker, killed by signal 9");
  CHECK(report["relay"]["cpu_seconds"] == 1);
  CHECK(refusal_of(gateway, {{"type", "recordings.segments"}, {"id", "r1"}}) == ErrorKind::denied);
  CHECK(refusal_of(gateway, {{"type", "recordings.segment"}, {"id", "r1"}, {"generation", 1}, {"part", 0}, {"index", 0}}) == ErrorKind::denied);
  for (const auto kind : {catalog::KeyKind::journal, catalog::KeyKind::keystrokes, catalog::KeyKind::film}) {
    CHECK(catalog::Keys(*gateway.core->catalog).find("r1", kind));
  }
}

TEST_CASE("a recording whose last attempt nobody saw end is quarantined") {
  Gateway gateway;
  add_queued(gateway, "r1");
  quarantine_abandoned(*gateway.core);
  CHECK(row(gateway).status == RecordingStatus::queued);
  let_job_die(gateway);
  quarantine_abandoned(*gateway.core);
  CHECK(row(gateway).status == RecordingStatus::failed);
}

TEST_CASE("only a quarantined recording is tried again, and then with all attempts") {
  Gateway gateway;
  add_queued(gateway, "r1");
  CHECK(refusal_of(gateway, {{"type", "recordings.retry"}, {"id", "r1"}}) == ErrorKind::denied);
  let_job_die(gateway);
  quarantine_abandoned(*gateway.core);
  ipc::Message request = message({{"type", "recordings.retry"}, {"id", "r1"}});
  REQUIRE(administer(*gateway.core, request, kNow));
  CHECK(row(gateway).status == RecordingStatus::queued);
  const auto claimed = catalog::Jobs(*gateway.core->catalog).claim(kRedactionJob, "test", kNow, std::chrono::seconds(60));
  REQUIRE(claimed);
  REQUIRE(claimed.value());
  CHECK(claimed.value()->job.attempts == 1);
  quarantine_abandoned(*gateway.core);
  CHECK(row(gateway).status == RecordingStatus::queued);
}

TEST_CASE("a generation that was never published is not handed out") {
  Gateway gateway;
  add_queued(gateway, "r1");
  CHECK(refusal_of(gateway, {{"type", "recordings.segment"}, {"id", "r1"}, {"generation", 1}, {"part", 0}, {"index", 0}}) ==
        ErrorKind::not_found);
}

TEST_CASE("what can wait leaves the reserve of the disk to the sessions that run") {
  Gateway gateway;
  Core& core = *gateway.core;
  publish_film(core, "r1");
  REQUIRE(queue_redaction(core, "r2", kNow));
  REQUIRE(core.sessions.enter("s1", "anna", "dc1", {}));
  core.config.disk_reserve = std::int64_t{1} << 60;
  CHECK_FALSE(claim_job(core, kRedactionJob, "worker", kNow).value());
  Exports exports(core);
  Export wish;
  wish.user = "anna";
  wish.recording = "r1";
  CHECK(exports.begin(wish, kNow).error().kind == ErrorKind::no_space);
  SECTION("there is room again") { core.config.disk_reserve = 0; }
  SECTION("no session runs any more") { core.sessions.leave("s1"); }
  const auto claimed = claim_job(core, kRedactionJob, "worker", kNow).value();
  REQUIRE(claimed);
  CHECK(claimed->job.key == "r2");
}
