#include "storage/catalog/recordings.h"

#include <limits>

#include "tests/unit/storage/catalog/fixture.h"

using namespace frostgate;
using namespace frostgate::catalog;

TEST_CASE_METHOD(CatalogFixture, "a recording comes back as it was created") {
  Recording recording = recording_named("01-ab_c.d");
  recording.front = Front::browser;
  recording.peer = "[::1]:50000";
  recording.node = "gw1";
  recording.rule = "admins to \xe2\x80\x9ctier 0\xe2\x80\x9d";
  recording.policy_digest = std::string(64, 'd');
  recording.started = UtcTime(Microseconds(std::int64_t{1} << 52));
  recording.journal_directory = "/var/lib/frost gate/'j'";
  recording.original = Original::sealed;
  recording.generation = 7;
  Recordings recordings(*catalog);
  REQUIRE(recordings.create(recording));
  CHECK(kind_of(recordings.create(recording)) == ErrorKind::exists);
  auto found = recordings.find(recording.id);
  REQUIRE(found);
  CHECK(found->front == Front::browser);
  CHECK(found->back == Protocol::rdp);
  CHECK(found->peer == recording.peer);
  CHECK(found->node == recording.node);
  CHECK(found->rule == recording.rule);
  CHECK(found->policy_digest == recording.policy_digest);
  CHECK(found->started == recording.started);
  CHECK_FALSE(found->ended);
  CHECK(found->status == RecordingStatus::recording);
  CHECK_FALSE(found->interrupted);
  CHECK(found->journal_directory == recording.journal_directory);
  CHECK(found->original == Original::sealed);
  CHECK(found->generation == 0);
}

TEST_CASE_METHOD(CatalogFixture, "an update changes what it names and nothing else") {
  Recordings recordings(*catalog);
  Recording recording = recording_named("r1");
  recording.journal_directory = "j/r1";
  REQUIRE(recordings.create(recording));
  const std::string report = "{\"text\": \"" + std::string(1 << 20, 'r') + "\"}";
  RecordingChange change;
  change.ended = at(60);
  change.end_reason = std::string("peer said \0 \xff", 13);
  change.status = RecordingStatus::degraded;
  change.interrupted = true;
  change.progress = 0.25;
  change.film_duration = Microseconds(std::int64_t{1} << 40);
  change.film_size = Size{1921, 1081};
  change.report_json = report;
  REQUIRE(recordings.update("r1", change));
  RecordingChange second;
  second.progress = 1;
  REQUIRE(recordings.update("r1", second));
  auto found = recordings.find("r1");
  REQUIRE(found);
  CHECK(found->ended == at(60));
  CHECK(found->end_reason == "peer said \xef\xbf\xbd \xef\xbf\xbd");
  CHECK(found->status == RecordingStatus::degraded);
  CHECK(found->interrupted);
  CHECK(found->progress == 1);
  CHECK(found->film_duration.count() == std::int64_t{1} << 40);
  CHECK(found->film_size == Size{1921, 1081});
  CHECK((found->report_json == report));
  CHECK(found->journal_directory == "j/r1");
  CHECK(found->user == "anna");
}

TEST_CASE_METHOD(CatalogFixture, "an update that makes no sense changes nothing") {
  Recordings recordings(*catalog);
  REQUIRE(recordings.create(recording_named("r1")));
  RecordingChange change;
  change.status = RecordingStatus::clean;
  CHECK(kind_of(recordings.update("r2", change)) == ErrorKind::not_found);
  change.progress = 1.5;
  CHECK(kind_of(recordings.update("r1", change)) == ErrorKind::invalid);
  change.progress = std::numeric_limits<double>::quiet_NaN();
  CHECK(kind_of(recordings.update("r1", change)) == ErrorKind::invalid);
  CHECK(recordings.find("r1")->status == RecordingStatus::recording);
  CHECK(kind_of(recordings.create(recording_named("../etc"))) == ErrorKind::invalid);
}

TEST_CASE_METHOD(CatalogFixture, "recordings are listed newest first, by user, target, status and node, page by page") {
  Recordings recordings(*catalog);
  for (int i = 0; i < 6; ++i) {
    Recording recording = recording_named("r" + std::to_string(i));
    recording.started = at(i);
    recording.user = i % 2 == 0 ? "anna" : "bob";
    recording.target = i < 3 ? "dc1" : "dc2";
    recording.node = i == 5 ? "gw2" : "gw1";
    recording.status = i == 4 ? RecordingStatus::clean : RecordingStatus::queued;
    REQUIRE(recordings.create(recording));
  }
  const auto ids = [&](const RecordingFilter& filter) {
    std::string joined;
    auto list = recordings.list(filter);
    REQUIRE(list);
    for (const Recording& recording : *list) joined += recording.id;
    return joined;
  };
  CHECK(ids({}) == "r5r4r3r2r1r0");
  RecordingFilter filter;
  filter.user = "anna";
  CHECK(ids(filter) == "r4r2r0");
  filter.target = "dc1";
  CHECK(ids(filter) == "r2r0");
  filter = {};
  filter.status = RecordingStatus::clean;
  CHECK(ids(filter) == "r4");
  filter = {};
  filter.node = "gw2";
  CHECK(ids(filter) == "r5");
  filter = {};
  filter.limit = 2;
  filter.after.emplace(at(5), "r5");
  CHECK(ids(filter) == "r4r3");
  filter.after.emplace(at(3), "r30");  // r3 began at the same time and comes after it
  CHECK(ids(filter) == "r3r2");
  filter = {};
  filter.user = "";
  CHECK(ids(filter).empty());
  filter.limit = -1;
  CHECK(kind_of(recordings.list(filter)) == ErrorKind::invalid);
}
