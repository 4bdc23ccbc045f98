#include "gateway/serve/reconciliation.h"

#include "gateway/serve/recovery.h"
#include "gateway/serve/retention.h"
#include "storage/catalog/database.h"
#include "storage/catalog/segments.h"
#include "storage/journal/entry.h"
#include "tests/unit/gateway/serve/film_fixture.h"

using namespace frostgate;
using namespace frostgate::serve;

namespace {

std::string all_of(const Reconciliation& found) {
  std::string all;
  for (const std::string& problem : found.problems) all += problem + "\n";
  return all;
}

}  // namespace

TEST_CASE("where nothing was interrupted there is nothing to reconcile") {
  Gateway gateway;
  publish_film(*gateway.core, "r1");
  const auto before = gateway.core->objects->list("").value();
  const Reconciliation found = reconcile(*gateway.core).value();
  CHECK(found.unfinished_writes == 0);
  CHECK(found.unentered_objects == 0);
  CHECK(all_of(found) == "");
  CHECK(gateway.core->objects->list("").value() == before);
}

TEST_CASE("what a crash left before its row was there is removed, and nothing else") {
  Gateway gateway;
  Core& core = *gateway.core;
  publish_film(core, "r1");
  const auto before = core.objects->list("").value();
  const auto bytes = std::as_bytes(std::span("left over"));
  REQUIRE(core.objects->put_if_absent("film/r1/g000009/p000000/000000.init", bytes));
  REQUIRE(core.objects->put_if_absent("manifest/r1/g000009.p7s", bytes));
  write_file(core.config.vault_dir() / ".incoming" / "0123", "half");
  std::filesystem::create_directories(core.config.journal_dir() / "r7");
  std::filesystem::create_directories(core.config.journal_dir() / "r8" / storage::kKeystrokeFolder);
  const Reconciliation found = reconcile(core).value();
  CHECK(found.unfinished_writes == 3);
  CHECK(std::filesystem::is_empty(core.config.journal_dir()));
  CHECK(found.unentered_objects == 2);
  CHECK(all_of(found) == "");
  CHECK(core.objects->list("").value() == before);
}

TEST_CASE("a session whose serve died was over when its journal was last written, however late the next start comes") {
  Gateway gateway;
  Core& core = *gateway.core;
  const UtcTime now = utc_now(), last = std::chrono::floor<std::chrono::seconds>(now) - std::chrono::hours(48);
  catalog::Recording row;
  row.user = "anna";
  row.target = "dc1";
  row.node = core.node;
  row.policy_digest = core.policy->digest();
  row.started = last - std::chrono::hours(1);
  for (const char* id : {"days", "now", "nothing"}) {
    row.id = id;
    row.journal_directory = (core.config.journal_dir() / id).string();
    std::filesystem::create_directories(core.config.journal_dir() / id / storage::kKeystrokeFolder);
    REQUIRE(catalog::Recordings(*core.catalog).create(row));
  }
  for (const char* id : {"days", "now"}) {
    for (const char* name : {"000000.fgj", "000001.fgj"}) write_file(core.config.journal_dir() / id / name, "states");
  }
  const auto written = std::chrono::file_clock::from_sys(last);
  std::filesystem::last_write_time(core.config.journal_dir() / "days" / "000000.fgj", written - std::chrono::minutes(1));
  std::filesystem::last_write_time(core.config.journal_dir() / "days" / "000001.fgj", written);
  REQUIRE(Recovery::begin(core));
  catalog::Recordings recordings(*core.catalog);
  const catalog::Recording days = recordings.find("days").value();
  CHECK(days.ended == last);
  CHECK(days.interrupted);
  CHECK(days.status == catalog::RecordingStatus::queued);
  CHECK(catalog::Jobs(*core.catalog).find("redact", "days").value().state == catalog::JobState::queued);
  CHECK(recordings.find("now").value().ended >= now);
  CHECK(recordings.find("nothing").value().ended == row.started);
}

TEST_CASE("what is missing, and what belongs to nobody, is reported and left alone") {
  Gateway gateway;
  Core& core = *gateway.core;
  publish_film(core, "r1");
  catalog::Recording waiting;
  waiting.id = "r2";
  waiting.user = "anna";
  waiting.target = "dc1";
  waiting.started = kNow;
  waiting.status = catalog::RecordingStatus::queued;
  waiting.journal_directory = (core.config.journal_dir() / "r2").string();
  REQUIRE(catalog::Recordings(*core.catalog).create(waiting));
  const auto film = core.objects->list("film/r1").value();
  REQUIRE(core.objects->remove(film[0]));
  REQUIRE(core.objects->remove(evidence::manifest_stem("r1", 2).value() + ".json"));
  REQUIRE(core.objects->put_if_absent("film/stranger/g000001/p000000/000000.init", std::as_bytes(std::span("x"))));
  std::filesystem::create_directories(core.config.journal_dir() / "lost" / storage::kKeystrokeFolder);
  write_file(core.config.journal_dir() / "lost" / storage::kKeystrokeFolder / "000000.fgj", "x");
  const Reconciliation found = reconcile(core).value();
  CHECK(found.problems.size() == 5);
  CHECK_THAT(all_of(found), Catch::Contains(film[0]) && Catch::Contains("the manifest of the film of r1 is missing") && Catch::Contains("film/stranger") &&
                                Catch::Contains("the journal lost") && Catch::Contains("the journal of r2"));
  CHECK(core.objects->list("film/stranger").value().size() == 1);
  CHECK(std::filesystem::exists(core.config.journal_dir() / "lost"));
}

TEST_CASE("recordings without a finished film are compared before anybody is let in, finished films after that") {
  Gateway gateway;
  Core& core = *gateway.core;
  publish_film(core, "r1");
  REQUIRE(catalog::Jobs(*core.catalog).settle("r1"));
  catalog::Recording waiting;
  waiting.id = "r2";
  waiting.user = "anna";
  waiting.target = "dc1";
  waiting.started = kNow;
  waiting.status = catalog::RecordingStatus::redacting;
  waiting.journal_directory = (core.config.journal_dir() / "r2").string();
  REQUIRE(catalog::Recordings(*core.catalog).create(waiting));
  const auto bytes = std::as_bytes(std::span("left over"));
  REQUIRE(core.objects->put_if_absent("film/r2/g000001/p000000/000000.init", bytes));
  REQUIRE(core.objects->put_if_absent("film/r1/g000009/p000000/000000.init", bytes));
  REQUIRE(core.objects->remove(core.objects->list("film/r1").value()[0]));
  Reconciler reconciler(core);
  const Reconciliation first = reconciler.unfinished().value();
  CHECK(first.problems == std::vector<std::string>{"the journal of r2, which has no film yet, is missing"});
  CHECK(first.unentered_objects == 1);
  CHECK(core.objects->list("film/r2").value().empty());
  std::stop_source stopped;
  stopped.request_stop();
  CHECK(all_of(reconciler.finished(stopped.get_token()).value()) == "");
  const Reconciliation then = reconciler.finished({}).value();
  CHECK_THAT(all_of(then), Catch::Contains("a part of a published film, is missing") && !Catch::Contains("r2"));
  CHECK(then.unentered_objects == 1);
}

TEST_CASE("what is deleted or begins while finished films are compared is no problem, and is left alone") {
  Gateway gateway;
  Core& core = *gateway.core;
  for (const char* id : {"r1", "r2"}) {
    publish_film(core, id);
    REQUIRE(catalog::Jobs(*core.catalog).settle(id));
  }
  write_file(core.config.journal_dir() / "r1" / "000000.fgj", "kept for its grace");
  Reconciler reconciler(core);
  REQUIRE(reconciler.unfinished());
  REQUIRE(delete_recording(core, "r1", "by hand", kNow));
  std::filesystem::remove_all(core.config.journal_dir() / "r1");
  std::filesystem::create_directories(core.config.journal_dir() / "r3");
  REQUIRE(core.objects->put_if_absent("film/r3/g000001/p000000/000000.init", std::as_bytes(std::span("of a session that runs"))));
  const Reconciliation found = reconciler.finished({}).value();
  CHECK(all_of(found) == "");
  CHECK(found.unentered_objects + found.unfinished_writes == 0);
  CHECK(core.objects->list("film/r3").value().size() == 1);
  CHECK(std::filesystem::exists(core.config.journal_dir() / "r3"));
}

TEST_CASE("a signed film that the catalog does not have is taken over, and one that cannot be is left alone") {
  Gateway gateway;
  Core& core = *gateway.core;
  publish_film(core, "r1");
  const auto before = core.objects->list("").value();
  const auto sql = [&](const std::string& statement) {
    REQUIRE(core.catalog->database().write([&](soci::session& session) -> Result<void> {
      session << statement;
      return {};
    }));
  };
  // As a copy from before the film was published.
  sql("DELETE FROM manifests");
  sql("DELETE FROM segments");
  sql("DELETE FROM thumbnails");
  sql("UPDATE recordings SET generation = 0, last_generation = 0, status = 'queued', film_duration = 0");
  SECTION("by who signs here") {
    CHECK(reconcile(core).value().adopted == std::vector<std::string>{"r1"});
    CHECK(catalog::Recordings(*core.catalog).find("r1").value().generation == 2);
    CHECK(core.objects->list("film").value().size() == 2);
    CHECK(catalog::Segments(*core.catalog).next_generation("r1").value() == 3);
  }
  SECTION("with an object that was changed") {
    const std::string key = core.objects->list("film/r1").value()[1];
    std::string bytes = read_file(core.config.vault_dir() / key);
    bytes.back() = static_cast<char>(bytes.back() ^ 1);
    write_file(core.config.vault_dir() / key, bytes);
    const Reconciliation found = reconcile(core).value();
    CHECK(found.adopted.empty());
    CHECK_THAT(all_of(found), Catch::Contains("cannot be taken over"));
    CHECK(core.objects->list("").value() == before);
  }
  SECTION("without the film's key") {
    sql("DELETE FROM recording_keys");
    CHECK(reconcile(core).value().adopted.empty());
    CHECK(core.objects->list("").value() == before);
  }
}
