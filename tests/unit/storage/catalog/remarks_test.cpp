#include "storage/catalog/remarks.h"

#include "storage/catalog/deletions.h"
#include "tests/unit/storage/catalog/fixture.h"

namespace frostgate::catalog {
namespace {

const UtcTime kThen{std::chrono::seconds(1'700'000'000)};

void begin(Catalog& catalog, const std::string& id) {
  Recording row;
  row.id = id;
  row.user = "alice";
  row.target = "dc1";
  row.started = kThen;
  REQUIRE(Recordings(catalog).create(row));
}

Remark remark(const std::string& recording, const std::string& user, int second, const std::string& text) {
  return {0, recording, user, kThen, std::chrono::seconds(second), text};
}

TEST_CASE_METHOD(CatalogFixture, "remarks are listed by their moments, and taken back by who wrote them alone") {
  begin(*catalog, "r1");
  begin(*catalog, "r2");
  Remarks remarks(*catalog);
  const auto late = remarks.add(remark("r1", "audrey", 20, "late 'quoted' \xC3\xBC"));
  const auto early = remarks.add(remark("r1", "bob", 5, "early"));
  REQUIRE(late);
  REQUIRE(early);
  REQUIRE(remarks.add(remark("r2", "audrey", 1, "elsewhere")));
  const auto all = remarks.list("r1").value();
  REQUIRE(all.size() == 2);
  Remark expected = remark("r1", "bob", 5, "early");
  expected.id = early.value();
  CHECK(all[0] == expected);
  CHECK(all[1].text == "late 'quoted' \xC3\xBC");
  CHECK(remarks.remove(late.value(), "r1", "bob").error().kind == ErrorKind::not_found);
  CHECK(remarks.remove(late.value(), "r2", "audrey").error().kind == ErrorKind::not_found);
  CHECK(remarks.remove(late.value(), "r1", "audrey"));
  CHECK(remarks.list("r1").value().size() == 1);
}

TEST_CASE_METHOD(CatalogFixture, "a remark needs a recording, a text and a moment; there is an end to them") {
  begin(*catalog, "r1");
  Remarks remarks(*catalog);
  CHECK(remarks.add(remark("r9", "audrey", 1, "x")).error().kind == ErrorKind::not_found);
  CHECK(remarks.add(remark("r1", "audrey", 1, "")).error().kind == ErrorKind::invalid);
  CHECK(remarks.add(remark("r1", "audrey", -1, "x")).error().kind == ErrorKind::invalid);
  CHECK_FALSE(remarks.add(remark("r1", "audrey", 1, "no \xFF UTF-8")));
  for (std::int64_t i = 0; i < kMaxRemarks; ++i) REQUIRE(remarks.add(remark("r1", "audrey", 1, "x")));
  CHECK(remarks.add(remark("r1", "audrey", 1, "x")).error().kind == ErrorKind::exists);
}

TEST_CASE_METHOD(CatalogFixture, "what was remarked goes with its recording") {
  begin(*catalog, "r1");
  Remarks remarks(*catalog);
  REQUIRE(remarks.add(remark("r1", "audrey", 1, "x")));
  REQUIRE(Deletions(*catalog).bury({"r1", kThen, "o/r1", std::string(64, 'a'), ""}));
  CHECK(remarks.list("r1").value().empty());
}

}  // namespace
}  // namespace frostgate::catalog
