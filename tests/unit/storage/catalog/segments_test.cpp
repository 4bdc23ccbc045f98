#include "storage/catalog/segments.h"

#include "storage/catalog/archived.h"
#include "tests/unit/storage/catalog/fixture.h"

using namespace frostgate;
using namespace frostgate::catalog;

namespace {

SegmentRow media(std::int64_t generation, int part, int index) {
  SegmentRow row;
  row.recording = "r1";
  row.generation = generation;
  row.part = part;
  row.index = index;
  row.kind = index == 0 ? SegmentKind::init : SegmentKind::media;
  row.start = SessionTime(std::int64_t{1} << 41);
  row.duration = Microseconds(59'999'999);
  row.size = {1280, 720};
  row.frames = 300;
  row.object_key = "rec/r1/" + std::to_string(generation) + "/" + std::to_string(part) + "/" + std::to_string(index);
  row.sealed_size = std::int64_t{5} << 32;
  row.plain_size = (std::int64_t{5} << 32) - 16;
  row.sha256 = std::string(64, 'c');
  return row;
}

class SegmentFixture : public CatalogFixture {
 public:
  SegmentFixture() { REQUIRE(Recordings(*catalog).create(recording_named("r1"))); }
  std::int64_t shown() { return Recordings(*catalog).find("r1")->generation; }
};

}  // namespace

TEST_CASE_METHOD(SegmentFixture, "segments come back as committed, by part and index") {
  Segments segments(*catalog);
  for (const auto& [part, index] : {std::pair{1, 0}, {0, 10}, {0, 2}, {0, 0}}) REQUIRE(segments.commit(media(1, part, index)));
  auto list = segments.list("r1", 1);
  REQUIRE(list);
  CHECK((*list == std::vector<SegmentRow>{media(1, 0, 0), media(1, 0, 2), media(1, 0, 10), media(1, 1, 0)}));
  CHECK(segments.list("r1", 2)->empty());
}

TEST_CASE_METHOD(SegmentFixture, "the same segment may be committed again, another one in its place may not") {
  Segments segments(*catalog);
  REQUIRE(segments.commit(media(1, 0, 1)));
  CHECK(segments.commit(media(1, 0, 1)));
  SegmentRow other = media(1, 0, 1);
  other.sha256 = std::string(64, 'e');
  CHECK(kind_of(segments.commit(other)) == ErrorKind::exists);
  other.recording = "r2";
  CHECK(kind_of(segments.commit(other)) == ErrorKind::not_found);
  other.sha256 = "short";
  CHECK(kind_of(segments.commit(other)) == ErrorKind::invalid);
  CHECK(kind_of(segments.commit(media(0, 0, 1))) == ErrorKind::invalid);
}

TEST_CASE_METHOD(SegmentFixture, "publishing shows a generation, closes it, and never goes back") {
  Segments segments(*catalog);
  CHECK(kind_of(segments.publish(manifest_of("r1", 1))) == ErrorKind::not_found);
  REQUIRE(segments.commit(media(1, 0, 1)));
  REQUIRE(segments.commit(media(2, 0, 1)));
  CHECK(shown() == 0);
  REQUIRE(segments.publish(manifest_of("r1", 2)));
  CHECK(shown() == 2);
  CHECK(kind_of(segments.publish(manifest_of("r1", 1))) == ErrorKind::denied);
  CHECK(kind_of(segments.commit(media(2, 0, 2))) == ErrorKind::denied);
  CHECK(kind_of(segments.commit(media(1, 0, 2))) == ErrorKind::denied);
  CHECK(kind_of(segments.publish(manifest_of("r2", 1))) == ErrorKind::not_found);
  CHECK(shown() == 2);
}

TEST_CASE_METHOD(SegmentFixture, "what films take is the sum of the generations that are shown, those that are archived apart") {
  Segments segments(*catalog);
  CHECK(segments.sealed_bytes().value().films == 0);
  for (const int index : {0, 1}) REQUIRE(segments.commit(media(1, 0, index)));
  CHECK(segments.sealed_bytes().value().films == 0);
  REQUIRE(segments.publish(manifest_of("r1", 1)));
  REQUIRE(segments.commit(media(2, 0, 1)));
  CHECK(segments.sealed_bytes().value().films == std::int64_t{10} << 32);
  REQUIRE(ArchivedFilms(*catalog).add("r1", 1, at(1)));
  CHECK(segments.sealed_bytes().value().films == 0);
  CHECK(segments.sealed_bytes().value().archived == std::int64_t{10} << 32);
}

TEST_CASE_METHOD(SegmentFixture, "a generation inherits what it has not made anew, and owns it when the older one is gone") {
  Segments segments(*catalog);
  for (const int index : {0, 1, 2}) REQUIRE(segments.commit(media(1, 0, index)));
  REQUIRE(segments.commit(media(2, 0, 1)));
  REQUIRE(segments.inherit("r1", 1, 2));
  REQUIRE(segments.inherit("r1", 1, 2));
  REQUIRE(segments.publish(manifest_of("r1", 2)));
  REQUIRE(segments.remove_older("r1"));
  CHECK(segments.list("r1", 1)->empty());
  const auto list = segments.list("r1", 2);
  REQUIRE(list);
  REQUIRE(list.value().size() == 3);
  CHECK(list.value()[0].object_key == media(1, 0, 0).object_key);
  CHECK(list.value()[1] == media(2, 0, 1));
  SegmentRow inherited = media(1, 0, 2);
  inherited.generation = 2;
  CHECK(segments.find("r1", 2, 0, 2).value() == inherited);
  CHECK(kind_of(segments.find("r1", 2, 0, 3)) == ErrorKind::not_found);
  CHECK(kind_of(segments.inherit("r1", 1, 2)) == ErrorKind::denied);
}

TEST_CASE_METHOD(SegmentFixture, "numbers of generations are never used twice, and only older generations are removed") {
  Segments segments(*catalog);
  CHECK(*segments.next_generation("r1") == 1);
  CHECK(*segments.next_generation("r1") == 2);
  REQUIRE(segments.commit(media(5, 0, 0)));
  REQUIRE(segments.commit(media(5, 0, 1)));
  REQUIRE(segments.publish(manifest_of("r1", 5)));
  REQUIRE(segments.commit(media(6, 0, 1)));
  REQUIRE(segments.remove_older("r1"));
  CHECK(segments.list("r1", 5)->size() == 2);
  CHECK(segments.list("r1", 6)->size() == 1);
  CHECK(*segments.next_generation("r1") == 7);
  CHECK(kind_of(segments.next_generation("r2")) == ErrorKind::not_found);
}

TEST_CASE_METHOD(SegmentFixture, "a worker whose lease was lost commits and publishes nothing") {
  Segments segments(*catalog);
  Jobs jobs(*catalog);
  REQUIRE(jobs.enqueue({"redact", "r1", "", at(0), 3}));
  const Lease zombie = (*jobs.claim("redact", "w1", at(0), std::chrono::seconds(10)))->lease;
  REQUIRE(segments.commit(media(1, 0, 0), zombie));
  const Lease owner = (*jobs.claim("redact", "w2", at(10), std::chrono::seconds(10)))->lease;
  CHECK(kind_of(segments.commit(media(1, 0, 1), zombie)) == ErrorKind::denied);
  CHECK(kind_of(segments.publish(manifest_of("r1", 1), zombie)) == ErrorKind::denied);
  CHECK(kind_of(segments.inherit("r1", 1, 2, zombie)) == ErrorKind::denied);
  REQUIRE(segments.commit(media(2, 0, 0), owner));
  REQUIRE(segments.publish(manifest_of("r1", 2), owner));
  REQUIRE(jobs.complete(owner));
  CHECK(kind_of(segments.commit(media(3, 0, 0), owner)) == ErrorKind::denied);
  CHECK(segments.list("r1", 1)->size() == 1);
  CHECK(shown() == 2);
}
