#include "gateway/serve/retention.h"

#include <algorithm>

#include "gateway/base/utc_text.h"
#include "gateway/evidence/tombstone.h"
#include "gateway/evidence/verification.h"
#include "gateway/serve/alarms.h"
#include "gateway/serve/catalog_access.h"
#include "gateway/serve/decision.h"
#include "gateway/serve/late_deletions.h"
#include "gateway/serve/reconciliation.h"
#include "gateway/serve/retention_requests.h"
#include "storage/catalog/alerts.h"
#include "storage/catalog/database.h"
#include "storage/catalog/deletions.h"
#include "storage/catalog/policies.h"
#include "storage/catalog/visible_text.h"
#include "storage/crypto/hex.h"
#include "tests/unit/gateway/serve/film_fixture.h"

using namespace frostgate;
using namespace frostgate::serve;
using std::chrono::days;

namespace {

// Two published recordings, and a class that keeps them for ten days.
class Kept {
 public:
  Kept() {
    for (const char* id : {"r1", "r2"}) publish_film(core(), id);
    policy::RetentionClass ten;
    ten.name = "ten";
    ten.keep = days(10);
    core().config.retention = {ten};
  }
  Core& core() { return *gateway.core; }
  catalog::Deletions deletions() { return catalog::Deletions(*core().catalog); }
  bool there(const std::string& id) { return catalog::Recordings(*core().catalog).find(id).has_value(); }
  std::string problems() {
    const evidence::Holdings holdings{*core().catalog, *core().objects, core().kek.get(), {core().signer->fingerprint()}, ""};
    std::string all;
    for (const auto& problem : evidence::verify_everything(holdings, {}).problems) all += problem.where + ": " + problem.sentence + "\n";
    return all;
  }
  void sql(const std::string& statement) {
    REQUIRE(core().catalog->database().write([&](soci::session& session) -> Result<void> {
      session << statement;
      return {};
    }));
  }

  Gateway gateway;
};

constexpr UtcTime kDue = kNow + std::chrono::seconds(60) + days(10);

}  // namespace

TEST_CASE("retention deletes what is due by its keys and files, leaves a tombstone, and all of it still verifies") {
  Kept kept;
  Core& core = kept.core();
  CHECK(run_retention(core, kDue - Microseconds(1)).value().deleted.empty());
  const std::string key = storage::to_hex(catalog::Keys(*core.catalog).find("r1", catalog::KeyKind::film).value()).substr(80);
  REQUIRE(kept.deletions().hold({"r2", "case 12", "carla", kNow}));
  const RetentionRun run = run_retention(core, kDue).value();
  REQUIRE(run.deleted.size() == 1);
  CHECK(run.problems.empty());
  CHECK_FALSE(kept.there("r1"));
  CHECK(kept.there("r2"));
  CHECK(core.objects->list("film/r1").value().empty());
  CHECK(core.objects->list("manifest/r1").value().empty());
  CHECK(kept.problems() == "");
  std::string disk;
  for (const auto& entry : std::filesystem::directory_iterator(core.config.data_dir)) {
    if (entry.is_regular_file()) disk += read_file(entry.path());
  }
  for (std::size_t at = 0; at + 16 <= key.size(); at += 8) {
    if (disk.find(key.substr(at, 16)) != std::string::npos) FAIL("a piece of the wrapped key is left");
  }
}

TEST_CASE("an archived film verifies, is not taken for lost, and is deleted from the archive") {
  Kept kept;
  Core& core = kept.core();
  const auto archive = core.config.data_dir.parent_path() / "archive";
  core.config.retention[0].archive = days(2);
  core.config.archive = archive;
  const UtcTime due = kDue - days(5);
  CHECK(run_retention(core, due).value().problems.size() == 2);  // serve was begun without an archive
  *core.objects = open_objects(core.config, *core.catalog).value();
  const std::size_t objects = core.objects->list("film").value().size();
  REQUIRE(kept.deletions().hold({"r2", "case 12", "carla", kNow}));
  const RetentionRun run = run_retention(core, due).value();
  CHECK(run.problems.empty());
  CHECK(run.deleted.empty());
  REQUIRE(run.archived.size() == 1);
  CHECK(run.archived[0].recording == "r1");
  CHECK_FALSE(std::filesystem::exists(core.config.vault_dir() / core.objects->list("film/r1").value()[0]));
  CHECK(std::filesystem::exists(archive / core.objects->list("film/r1").value()[0]));
  CHECK(core.objects->list("film").value().size() == objects);
  CHECK(run_retention(core, due).value().archived.empty());
  CHECK(kept.problems() == "");
  CHECK(reconcile(core).value().problems.empty());
  CHECK(core.objects->list("film").value().size() == objects);
  CHECK(run_retention(core, kDue).value().deleted.size() == 1);
  CHECK_FALSE(kept.there("r1"));
  CHECK(core.objects->list("film/r1").value().empty());
  CHECK(kept.problems() == "");
}

TEST_CASE("a film that was made again after it was archived is archived again, and the one before is gone") {
  Kept kept;
  Core& core = kept.core();
  const auto archive = core.config.data_dir.parent_path() / "archive";
  core.config.retention[0].archive = days(2);
  core.config.archive = archive;
  *core.objects = open_objects(core.config, *core.catalog).value();
  const UtcTime due = kDue - days(5);
  REQUIRE(kept.deletions().hold({"r2", "case 12", "carla", kNow}));
  REQUIRE(run_retention(core, due).value().archived.size() == 1);
  const std::string before = core.objects->list("film/r1").value().back();

  catalog::Jobs jobs(*core.catalog);
  REQUIRE(jobs.enqueue({"redact again", "r1", "", kNow, 3}));
  const auto job = jobs.claim("redact again", "worker", kNow, std::chrono::seconds(60)).value();
  FilmIntake film = FilmIntake::open(core, "r1", job->lease).value();
  REQUIRE(film.store(segment_message("init", 0, "head")));
  REQUIRE(film.store(segment_message("media", 1, "pictures with more masks")));
  REQUIRE(film.publish(catalog::Recordings(*core.catalog).find("r1").value(), kNow));
  CHECK_FALSE(std::filesystem::exists(archive / before));
  const std::string after = core.objects->list("film/r1").value().back();
  CHECK_FALSE(std::filesystem::exists(archive / after));
  CHECK(reconcile(core).value().problems.empty());

  REQUIRE(run_retention(core, due).value().archived.size() == 1);
  CHECK(std::filesystem::exists(archive / after));
  CHECK_FALSE(std::filesystem::exists(core.config.vault_dir() / after));
  CHECK(run_retention(core, due).value().archived.empty());
  CHECK(kept.problems() == "");
}

TEST_CASE("where films were archived, nothing is opened without that archive") {
  Kept kept;
  Core& core = kept.core();
  core.config.archive = core.config.data_dir.parent_path() / "archive";
  *core.objects = open_objects(core.config, *core.catalog).value();
  REQUIRE(archive_recording(core, "r1", kNow));
  std::filesystem::rename(core.config.archive, core.config.archive.string() + ".away");
  CHECK(open_objects(core.config, *core.catalog).error().kind == ErrorKind::unavailable);
  CHECK_FALSE(std::filesystem::exists(core.config.archive));
  core.config.archive.clear();
  CHECK(open_objects(core.config, *core.catalog).error().kind == ErrorKind::unavailable);
}

TEST_CASE("a hold beats retention until it is released") {
  Kept kept;
  REQUIRE(kept.deletions().hold({"r1", "case 12", "carla", kNow}));
  CHECK(kept.deletions().hold({"r1", "again", "carla", kNow}).error().kind == ErrorKind::exists);
  CHECK(kept.deletions().hold({"none", "x", "carla", kNow}).error().kind == ErrorKind::not_found);
  CHECK(delete_recording(kept.core(), "r1", "by hand", kDue).error().kind == ErrorKind::denied);
  CHECK(kept.core().objects->list("tombstone").value().empty());
  CHECK(kept.problems() == "");
  REQUIRE(kept.deletions().release("r1", "the case is closed", "carla", kNow));
  CHECK(kept.deletions().release("r1", "the case is closed", "carla", kNow).error().kind == ErrorKind::not_found);
  CHECK(delete_recording(kept.core(), "r1", "by hand", kDue));
  CHECK_FALSE(kept.there("r1"));
}

TEST_CASE("a hold whose row somebody took out of the catalog still holds") {
  Kept kept;
  Core& core = kept.core();
  REQUIRE(kept.deletions().hold({"r1", "case 12", "carla", kNow}));
  kept.sql("DELETE FROM holds");
  CHECK_THAT(kept.problems(), Catch::Contains("r1: it was put under a legal hold by carla (case 12)"));
  std::string why;
  REQUIRE(plan_retention(core, kDue, Planned::all, "", [&](const catalog::Recording& row, const policy::RetentionDecision& decision) -> Result<bool> {
    if (row.id == "r1") why = decision.why;
    CHECK(decision.remove == (row.id == "r2"));
    return true;
  }));
  CHECK_THAT(why, Catch::Contains("case 12 (by the audit log alone: the catalog has lost it)"));
  const RetentionRun run = run_retention(core, kDue).value();
  REQUIRE(run.deleted.size() == 1);
  CHECK(run.deleted[0].recording == "r2");
  CHECK_THAT(delete_recording(core, "r1", "by hand", kDue).error().message, Catch::Contains("by the audit log recording r1 is under a legal hold (case 12)"));
  CHECK(core.objects->list("tombstone/r1").value().empty());
  look_for_tampering(core, kDue);
  const auto alerts = catalog::Alerts(*core.catalog).list(50, 0).value();
  CHECK(std::ranges::any_of(alerts, [](const catalog::Alert& one) { return one.kind == "tamper.found" && one.text.find("case 12") != std::string::npos; }));
  // Whoever is in charge of it settles it.
  REQUIRE(kept.deletions().hold({"r1", "case 12", "carla", kDue}));
  REQUIRE(kept.deletions().release("r1", "closed", "carla", kDue));
  CHECK(run_retention(core, kDue).value().deleted.size() == 1);
}

TEST_CASE("nothing goes because somebody changed in the catalog what retention goes by") {
  Kept kept;
  Core& core = kept.core();
  policy::RetentionClass brief;
  brief.name = "brief";
  brief.tags = {{"environment", "test"}};
  brief.keep = days(1);
  core.config.retention.insert(core.config.retention.begin(), brief);
  const UtcTime before = kDue - days(5);
  CHECK(run_retention(core, before).value().deleted.empty());
  SECTION("its tags") { kept.sql("INSERT INTO recording_tags (recording, number, name, value) SELECT id, number, 'environment', 'test' FROM recordings WHERE id = 'r1'"); }
  SECTION("its class") { kept.sql("UPDATE recordings SET retention_class = 'brief' WHERE id = 'r1'"); }
  SECTION("its end") { kept.sql("UPDATE recordings SET ended = ended - 900000000000 WHERE id = 'r1'"); }
  SECTION("all that points at its film") {
    kept.sql("UPDATE recordings SET retention_class = 'brief', generation = 0 WHERE id = 'r1'");
    kept.sql("DELETE FROM segments WHERE recording = 'r1'");
    kept.sql("DELETE FROM manifests WHERE recording = 'r1'");
  }
  const RetentionRun run = run_retention(core, before).value();
  CHECK(run.deleted.empty());
  REQUIRE(run.problems.size() == 1);
  CHECK_THAT(run.problems[0], Catch::StartsWith("r1 is not deleted: "));
  CHECK(kept.there("r1"));
  CHECK(core.objects->list("tombstone").value().empty());
  const auto alerts = catalog::Alerts(*core.catalog).list(50, 0).value();
  CHECK(std::ranges::any_of(alerts, [](const catalog::Alert& one) { return one.kind == "tamper.found" && one.subject == "r1"; }));
}

TEST_CASE("a tombstone that is changed or gone is seen, and so is a recording that came back") {
  Kept kept;
  Core& core = kept.core();
  REQUIRE(delete_recording(core, "r1", "by hand", kDue));
  const auto stones = core.objects->list("tombstone/r1").value();
  REQUIRE(stones.size() == 2);
  SECTION("gone") { REQUIRE(core.objects->remove(stones[0])); }
  SECTION("changed") { write_file(core.config.vault_dir() / stones[0], "{}"); }
  SECTION("its row") { kept.sql("DELETE FROM tombstones"); }
  SECTION("back") { kept.sql("INSERT INTO recordings SELECT 'r1', user_name, target, front, back, peer, node, rule_name, policy_digest, started, ended,"
                            " end_reason, status, interrupted, progress, journal_directory, film_duration, film_width, film_height, report_json,"
                            " original, 0, 0, number + 1000, '' FROM recordings WHERE id = 'r2'"); }
  CHECK(kept.problems() != "");
}

TEST_CASE("files that a crash left of a deletion are removed later") {
  Kept kept;
  Core& core = kept.core();
  const auto film = core.objects->list("film/r1").value();
  const auto bytes = core.objects->read(film[0], 0, 1 << 20).value();
  REQUIRE(delete_recording(core, "r1", "by hand", kDue));
  REQUIRE(core.objects->put_if_absent(film[0], bytes));
  finish_deletions(core);
  CHECK(core.objects->list("film/r1").value().empty());
  CHECK(core.objects->list("film/r2").value().size() == 2);
}

TEST_CASE("words of a recording that was deleted when serve died are in no file of the catalog after the next start") {
  Kept kept;
  Core& core = kept.core();
  std::vector<catalog::VisibleLine> lines;
  for (int i = 0; i < 3000; ++i) lines.push_back({{}, {}, {}, "harmless words of line " + std::to_string(i)});
  lines[1500].text = "the xylophonist met quetzalcoatl";
  REQUIRE(catalog::VisibleText(*core.catalog).replace("r1", lines));
  const auto found = [&] {
    std::string disk;
    for (const char* ending : {"", "-wal"}) {
      if (const auto file = core.config.catalog_file().string() + ending; std::filesystem::exists(file)) disk += read_file(file);
    }
    return disk.find("xylophon") != std::string::npos || disk.find("lophonist") != std::string::npos || disk.find("quetzal") != std::string::npos;
  };
  CHECK(found());
  REQUIRE(delete_recording(core, "r1", "by hand", kDue));
  CHECK(found());
  finish_deletions(core);
  CHECK_FALSE(found());
}

TEST_CASE("a recording whose redaction failed is kept by retention, and goes with a tombstone when somebody gives it up") {
  Kept kept;
  Core& core = kept.core();
  core.policy.replace(policy::Policy::parse("rules:\n  - {name: operators, users: '*', targets: '*', allow: true, gates: {delete: {approval: {users: [carl]}}}}\n", "test").value());
  catalog::Recording row = catalog::Recordings(*core.catalog).find("r1").value();
  row.id = "r3";
  row.status = catalog::RecordingStatus::failed;
  row.journal_directory = (core.config.journal_dir() / "r3").string();
  REQUIRE(catalog::Recordings(*core.catalog).create(row));
  REQUIRE(catalog::Keys(*core.catalog).add("r3", catalog::KeyKind::journal, std::vector<std::byte>(60, std::byte{7}), kNow));
  REQUIRE(storage::real_file_system().make_directories(core.config.journal_dir() / "r3"));
  write_file(core.config.journal_dir() / "r3" / "000000.fgj", "states");
  CHECK(run_retention(core, kDue + days(1000)).value().deleted.size() == 2);
  CHECK(kept.there("r3"));
  CHECK(delete_early(core, "r3", "anna", {"nobody can redact it", ""}, kDue).error().kind == ErrorKind::denied);
  approvals::Wish wish;
  wish.kind = approvals::Kind::delete_early;
  wish.requester = "anna";
  wish.reason = "nobody can redact it";
  REQUIRE(aim_at_film(core, wish, row));
  const auto asked = core.approvals->ask(wish, kDue).value();
  REQUIRE(core.approvals->decide(asked.id, {"carl", {}}, true, "", kDue));
  REQUIRE(delete_early(core, "r3", "anna", {"nobody can redact it", ""}, kDue));
  CHECK_FALSE(kept.there("r3"));
  CHECK_FALSE(std::filesystem::exists(core.config.journal_dir() / "r3"));
  CHECK(core.objects->list("tombstone/r3").value().size() == 2);
  REQUIRE(catalog::Policies(*core.catalog).keep(core.policy->digest(), core.policy.current()->text(), kNow));
  CHECK(kept.problems() == "");
}

TEST_CASE("a deletion that was cut short once its tombstone was signed is finished when serve starts, or at the next try") {
  Kept kept;
  Core& core = kept.core();
  evidence::TombstoneText text;
  text.recording = "r1";
  text.started = text.ended = text.deleted = kNow;
  REQUIRE(evidence::sign_tombstone(*core.objects, *core.signer, text));
  CHECK(kept.problems() != "");
  SECTION("at a start") {
    CHECK(catch_up_on_deletions(*core.catalog, *core.objects, std::vector{core.signer->fingerprint()}).value().deleted == std::vector<std::string>{"r1"});
    finish_deletions(core);
    CHECK_FALSE(kept.there("r1"));
    CHECK(kept.problems() == "");
  }
  SECTION("at the next try") {
    REQUIRE(delete_recording(core, "r1", "by hand", kNow));
    CHECK(kept.problems() == "");
  }
}

TEST_CASE("a recording that was deleted is proved by its tombstone when it is asked for by name") {
  Kept kept;
  Core& core = kept.core();
  REQUIRE(delete_recording(core, "r1", "by hand", kDue));
  const evidence::Holdings holdings{*core.catalog, *core.objects, core.kek.get(), {core.signer->fingerprint()}, ""};
  CHECK(evidence::verify_recording(holdings, "r1").empty());
  const evidence::Holdings strangers{*core.catalog, *core.objects, core.kek.get(), {"somebody else's"}, ""};
  CHECK(evidence::verify_recording(strangers, "r1").size() == 1);
}

TEST_CASE("retention runs once a night, as of two o'clock UTC") {
  constexpr UtcTime kMidnight{days(20'000)};
  using std::chrono::hours;
  CHECK_FALSE(retention_due(kMidnight + hours(3), kMidnight + hours(25)));
  CHECK(retention_due(kMidnight + hours(3), kMidnight + hours(29)) == kMidnight + hours(26));
  CHECK(retention_due(kMidnight + hours(1), kMidnight + hours(2)) == kMidnight + hours(2));
  CHECK_FALSE(retention_due(kMidnight + hours(2), kMidnight + hours(2) + std::chrono::minutes(10)));
  CHECK(next_retention(kMidnight + hours(1)) == kMidnight + hours(2));
  CHECK(next_retention(kMidnight + hours(2)) == kMidnight + hours(26));
}

TEST_CASE("the plan says in the evening what the night's run does, and it does no more, however late it comes") {
  Kept kept;
  Core& core = kept.core();
  const UtcTime evening = kDue - std::chrono::hours(1), run = next_retention(evening);
  REQUIRE(run > kDue);
  ipc::Message question;
  question.body = {{"type", "retention.plan"}, {"at", ""}, {"after", ""}};
  const nlohmann::json plan = retention_plan(core, question, evening).value().body;
  CHECK(plan["at"] == utc_text(run, "%Y-%m-%dT%H:%M:%SZ"));
  REQUIRE(plan["decisions"].size() == 2);
  CHECK(plan["decisions"][0]["remove"] == true);
  question.body["at"] = utc_text(evening, "%Y-%m-%dT%H:%M");
  CHECK(retention_plan(core, question, evening).value().body["decisions"][0]["remove"] == false);
  question.body["at"] = "tonight";
  CHECK(retention_plan(core, question, evening).error().kind == ErrorKind::invalid);
  CHECK(run_retention(core, kDue, kDue - Microseconds(1)).value().deleted.empty());
  CHECK(run_retention(core, run + std::chrono::minutes(9), run).value().deleted.size() == 2);
}
