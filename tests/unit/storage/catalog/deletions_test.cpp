#include "storage/catalog/deletions.h"

#include "storage/catalog/columns.h"
#include "storage/catalog/jobs.h"
#include "storage/catalog/keys.h"
#include "storage/catalog/ledger.h"
#include "tests/unit/storage/catalog/fixture.h"

using namespace frostgate;
using namespace frostgate::catalog;

namespace {

Tombstone stone_of(const std::string& recording) { return {recording, at(100), "tombstone/" + recording + "/1", std::string(64, 'c'), "journals/" + recording}; }

std::vector<std::byte> wrapped(int number) {
  std::vector<std::byte> bytes(68);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>((static_cast<std::size_t>(number) * 131 + i * i * 7 + i) & 0xff);
  return bytes;
}

}  // namespace

TEST_CASE_METHOD(CatalogFixture, "a deleted recording leaves its tombstone, an entry in the ledger, and no piece of its keys on disk") {
  Recordings recordings(*catalog);
  Keys keys(*catalog);
  for (int i = 0; i < 40; ++i) {
    Recording row = recording_named("r" + std::to_string(i));
    row.status = RecordingStatus::clean;
    row.tags = {{"environment", "production"}};
    REQUIRE(recordings.create(row));
    REQUIRE(keys.add(row.id, KeyKind::film, wrapped(i), at(0)));
  }
  for (int i = 0; i < 40; i += 2) REQUIRE(Deletions(*catalog).remove(stone_of("r" + std::to_string(i))));
  CHECK(kind_of(recordings.find("r0")) == ErrorKind::not_found);
  CHECK(recordings.find("r1")->tags == std::map<std::string, std::string>{{"environment", "production"}});
  CHECK(keys.list("r0")->empty());
  CHECK(Deletions(*catalog).tombstones()->size() == 20);
  CHECK(Deletions(*catalog).tombstone("r0")->journal_directory == "journals/r0");
  const LedgerEntry last = *Ledger(*catalog).last();
  CHECK(last.event == LedgerEvent::deleted);
  CHECK(last.subject == "r38");
  CHECK(last.digest == std::string(64, 'c'));

  const std::string disk = bytes_on_disk();
  for (int i = 0; i < 40; ++i) {
    const std::string text = hex(wrapped(i));
    CHECK((disk.find(text) != std::string::npos) == (i % 2 == 1));
    for (std::size_t from = 0; i % 2 == 0 && from + 16 <= text.size(); from += 8) CHECK(disk.find(text.substr(from, 16)) == std::string::npos);
  }
}

TEST_CASE_METHOD(CatalogFixture, "what is held, unfinished, unknown or without tombstone is not deleted") {
  Recordings recordings(*catalog);
  Deletions deletions(*catalog);
  Recording row = recording_named("r1");
  REQUIRE(recordings.create(row));
  CHECK(kind_of(deletions.remove(stone_of("r1"))) == ErrorKind::denied);
  RecordingChange change;
  change.status = RecordingStatus::degraded;
  REQUIRE(recordings.update("r1", change));
  REQUIRE(deletions.hold({"r1", "case 12", "carla", at(1)}));
  CHECK(kind_of(deletions.remove(stone_of("r1"))) == ErrorKind::denied);
  REQUIRE(deletions.release("r1", "the case is closed", "carla", at(9)));
  Tombstone bare = stone_of("r1");
  bare.signature_sha256.clear();
  CHECK(kind_of(deletions.remove(bare)) == ErrorKind::invalid);
  CHECK(kind_of(deletions.remove(stone_of("r2"))) == ErrorKind::not_found);
  REQUIRE(deletions.remove(stone_of("r1")));
  CHECK(kind_of(deletions.remove(stone_of("r1"))) == ErrorKind::not_found);
}

TEST_CASE_METHOD(CatalogFixture, "a hold needs a recording and a reason, and there is one of each at most") {
  Deletions deletions(*catalog);
  REQUIRE(Recordings(*catalog).create(recording_named("r1")));
  CHECK(kind_of(deletions.hold({"r1", "", "carla", at(1)})) == ErrorKind::invalid);
  CHECK(kind_of(deletions.hold({"r2", "case 12", "carla", at(1)})) == ErrorKind::not_found);
  REQUIRE(deletions.hold({"r1", "case 12", "carla", at(1)}));
  CHECK(kind_of(deletions.hold({"r1", "case 13", "carla", at(2)})) == ErrorKind::exists);
  const auto holds = deletions.holds().value();
  REQUIRE(holds.size() == 1);
  CHECK(holds.front().reason == "case 12");
  CHECK(holds.front().placed == at(1));
}
