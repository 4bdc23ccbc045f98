#include "storage/catalog/copies.h"

#include <soci/sqlite3/soci-sqlite3.h>

#include "storage/catalog/keys.h"
#include "storage/catalog/ledger.h"
#include "storage/catalog/search.h"
#include "tests/unit/storage/catalog/fixture.h"

using namespace frostgate;
using namespace frostgate::catalog;
using std::chrono::seconds;

namespace {

constexpr const char* kAwkward = "C:\\new\\table\\N \t \"quoted\" it's\nGröße ПРИВЕТ \\. \\\\";

// A recording whose texts are what a copy could get wrong, and keys of both kinds.
class Copied : public CatalogFixture {
 public:
  Copied() {
    Recording row = recording_named("r1");
    row.rule = kAwkward;
    row.tags = {{"environment", kAwkward}};
    row.report_json = R"({"redaction":{"masks_by_rule":{"a\\b":3}}})";
    row.started = at(7);
    REQUIRE(Recordings(*catalog).create(row));
    REQUIRE(VisibleText(*catalog).replace("r1", {{seconds(1), seconds(2), {1, 2, 30, 4}, kAwkward}, {seconds(3), seconds(4), {}, "systemctl restart nginx"}}));
    REQUIRE(Keys(*catalog).add("r1", KeyKind::film, film, at(8)));
    REQUIRE(Keys(*catalog).add("r1", KeyKind::journal, journal, at(8)));
    REQUIRE(Users(*catalog).add("anna", "", at(1)));
    REQUIRE(Targets(*catalog).add(windows_target("dc1"), at(2)));
    REQUIRE(Ledger(*catalog).append({LedgerEvent::configuration, "r1", "carla", R"({"a":"\\b"})", at(9)}));
    link = Ledger(*catalog).last().value().link;
  }

  std::filesystem::path copy() const { return directory / "catalog.copy"; }

  void check_same(Catalog& other) const {
    const Recording row = Recordings(other).find("r1").value();
    CHECK(row.rule == kAwkward);
    CHECK(row.tags.at("environment") == kAwkward);
    CHECK(row.report_json == R"({"redaction":{"masks_by_rule":{"a\\b":3}}})");
    CHECK(row.started == at(7));
    CHECK(Keys(other).find("r1", KeyKind::film).value() == film);
    CHECK(Ledger(other).last().value().link == link);
    CHECK(Targets(other).find("dc1").value().port == 3389);
    for (const char* text : {"größe", "nginx restart", "привет", "sys*"}) {
      INFO(text);
      CHECK(Search(other, WatchRights::everything()).lines({text, {}, "", 50}).value().hits.size() == 1);
    }
    CHECK(Search(other, WatchRights::everything()).lines({"apache", {}, "", 50}).value().hits.empty());
  }

  const std::vector<std::byte> film = std::vector<std::byte>(60, std::byte{0xf1}), journal = std::vector<std::byte>(60, std::byte{0x7e});
  std::string link;
};

}  // namespace

TEST_CASE_METHOD(Copied, "a copy is a whole catalog of SQLite, with the same rows and words, and no key of a journal") {
  REQUIRE(write_copy(*catalog, copy(), at(20)));
  CHECK(kind_of(write_copy(*catalog, copy(), at(20))) == ErrorKind::exists);
  std::ifstream stream(copy(), std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  CHECK(bytes.find("7e7e7e7e") == std::string::npos);
  CHECK(bytes.find("f1f1f1f1") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(copy().string() + "-wal"));
  const auto other = Catalog::open({copy(), 1}).value();
  CHECK(check_whole(*other));
  check_same(*other);
  CHECK(kind_of(Keys(*other).find("r1", KeyKind::journal)) == ErrorKind::not_found);
  CHECK(Keys(*other).list("r1").value().at(1).destroyed == at(20));
  // What is forgotten in it is forgotten by its index, too.
  REQUIRE(VisibleText(*other).replace("r1", {}));
  CHECK(Search(*other, WatchRights::everything()).lines({"nginx", {}, "", 50}).value().hits.empty());
}

TEST_CASE_METHOD(Copied, "a catalog of SQLite is replaced by its file alone", "[sqlite]") {
  REQUIRE(write_copy(*catalog, copy(), at(20)));
  CHECK(kind_of(replace_rows(*catalog, copy())) == ErrorKind::invalid);
}

TEST_CASE_METHOD(Copied, "a copy that is put back into an empty catalog, or over another, is that catalog again", "[.postgresql]") {
  REQUIRE(write_copy(*catalog, copy(), at(20)));
  const bool emptied = GENERATE(true, false);
  catalog.reset();
  if (emptied) empty_database();
  reopen();
  if (!emptied) {
    // What came after the copy is gone, text and all.
    REQUIRE(Recordings(*catalog).create(recording_named("r2")));
    REQUIRE(VisibleText(*catalog).replace("r2", {{seconds(1), seconds(2), {}, "apache"}}));
  }
  REQUIRE(Catalog::open({copy(), 1}));
  REQUIRE(replace_rows(*catalog, copy()));
  check_same(*catalog);
  CHECK(kind_of(Keys(*catalog).find("r1", KeyKind::journal)) == ErrorKind::not_found);
  CHECK(kind_of(Recordings(*catalog).find("r2")) == ErrorKind::not_found);
  // Numbers go on where the copy's ended.
  REQUIRE(Recordings(*catalog).create(recording_named("r3")));
  REQUIRE(VisibleText(*catalog).replace("r3", {{seconds(1), seconds(2), {}, "nginx again"}}));
  CHECK(Search(*catalog, WatchRights::everything()).lines({"nginx", {}, "", 50}).value().hits.size() == 2);
}

TEST_CASE_METHOD(Copied, "a copy that is damaged leaves the catalog as it is", "[.postgresql]") {
  REQUIRE(write_copy(*catalog, copy(), at(20)));
  {
    soci::session sql(*soci::factory_sqlite3(), "db=\"" + copy().string() + "\"");
    sql << "DELETE FROM recordings";  // whose keys and lines now belong to nothing
  }
  CHECK_FALSE(replace_rows(*catalog, copy()));
  check_same(*catalog);
  CHECK(Keys(*catalog).find("r1", KeyKind::journal).value() == journal);
}

TEST_CASE_METHOD(Copied, "rows in PostgreSQL are replaced knowingly, and while nobody else is connected", "[.postgresql]") {
  catalog.reset();
  {
    const auto alone = Catalog::open({file(), 1, postgresql}).value();
    CHECK(replaceable_rows(*alone).value());
    const auto other = Catalog::open({file(), 1, postgresql}).value();
    CHECK(kind_of(replaceable_rows(*alone)) == ErrorKind::unavailable);
  }
  empty_database();
  const auto alone = Catalog::open({file(), 1, postgresql}).value();
  CHECK_FALSE(replaceable_rows(*alone).value());
}
