#include "storage/catalog/archived.h"

#include "storage/catalog/deletions.h"
#include "storage/catalog/ledger.h"
#include "tests/unit/storage/catalog/fixture.h"

using namespace frostgate;
using namespace frostgate::catalog;

TEST_CASE_METHOD(CatalogFixture, "a film is noted once as archived, in the ledger too, and forgotten with its recording") {
  Recording recording = recording_named("r1");
  recording.status = RecordingStatus::clean;
  REQUIRE(Recordings(*catalog).create(recording));
  ArchivedFilms films(*catalog);
  CHECK_FALSE(films.any().value());
  CHECK(kind_of(films.add("r2", 0, at(1))) == ErrorKind::not_found);
  REQUIRE(films.add("r1", 0, at(1)));
  REQUIRE(films.add("r1", 0, at(2)));
  CHECK(kind_of(films.add("r1", 1, at(2))) == ErrorKind::unavailable);  // a film that is not the one that is shown
  CHECK(films.any().value());
  CHECK(films.all().value() == std::set<std::string>{"r1"});
  CHECK(Ledger(*catalog).given().value() == 2);  // with its beginning
  CHECK(Ledger(*catalog).last().value().details == R"({"archived":true})");
  REQUIRE(Deletions(*catalog).remove({"r1", at(3), "tombstone/r1/3", std::string(64, 'd'), ""}));
  CHECK_FALSE(films.any().value());
}
