#include "storage/catalog/catalog.h"

#include <sys/stat.h>

#include "storage/catalog/database.h"
#include "storage/catalog/policies.h"
#include "tests/unit/storage/catalog/fixture.h"

using namespace frostgate;
using namespace frostgate::catalog;

TEST_CASE_METHOD(CatalogFixture, "a new catalog has the newest tables and keeps its rows when it is opened again") {
  CHECK(*catalog->schema_version() == 25);
  REQUIRE(Users(*catalog).add("anna", "hash", at(0)));
  reopen();
  CHECK(*catalog->schema_version() == 25);
  CHECK(Users(*catalog).find("anna")->password_hash == "hash");
}

TEST_CASE_METHOD(CatalogFixture, "a catalog of a newer program is refused and left as it is") {
  REQUIRE(catalog->database().write([](soci::session& sql) -> Result<void> {
    sql << "INSERT INTO schema_version (version) VALUES (99)";
    return {};
  }));
  catalog.reset();
  CHECK(kind_of(Catalog::open({file(), 1, postgresql})) == ErrorKind::unsupported);
}

TEST_CASE_METHOD(CatalogFixture, "a file that is no database is corrupt", "[sqlite]") {
  const auto other = directory / "other.sqlite";
  std::ofstream(other) << std::string(8192, 'x');
  CHECK(kind_of(Catalog::open({other, 1})) == ErrorKind::corrupt);
}

TEST_CASE_METHOD(CatalogFixture, "a path that cannot be opened is an error", "[sqlite]") {
  CHECK(kind_of(Catalog::open({directory / "missing" / "catalog.sqlite", 1})) == ErrorKind::io);
  CHECK(kind_of(Catalog::open({directory / "a\"b", 1})) == ErrorKind::invalid);
  CHECK(kind_of(Catalog::open({"", 1})) == ErrorKind::invalid);
  CHECK(kind_of(Catalog::open({file(), 0})) == ErrorKind::invalid);
}

TEST_CASE_METHOD(CatalogFixture, "the database and its log can be read by their owner alone", "[sqlite]") {
  REQUIRE(Users(*catalog).add("anna", "", at(0)));
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    struct stat status {};
    REQUIRE(::stat(entry.path().c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    ++files;
  }
  CHECK(files >= 2);
}

TEST_CASE_METHOD(CatalogFixture, "an error rolls the whole transaction back and leaves the connection usable") {
  const auto failed = catalog->database().write([](soci::session& sql) -> Result<void> {
    sql << "INSERT INTO policies (digest, body, first_seen) VALUES ('d', 'text', 1)";
    return Error{ErrorKind::cancelled, "no"};
  });
  CHECK(kind_of(failed) == ErrorKind::cancelled);
  CHECK(kind_of(catalog->database().write([](soci::session& sql) -> Result<void> {
          sql << "INSERT INTO policies (digest, body, first_seen) VALUES ('d', 'text', 1)";
          sql << "INSERT INTO policies (digest, body, first_seen) VALUES ('d', 'text', 1)";
          return {};
        })) == ErrorKind::invalid);
  for (int i = 0; i < 8; ++i) CHECK(kind_of(Policies(*catalog).find("d")) == ErrorKind::not_found);
  CHECK(Policies(*catalog).keep("d", "text", at(0)));
}

TEST_CASE_METHOD(CatalogFixture, "an error does not repeat the values of the statement") {
  const std::string secret = "s3cret-value";
  const auto failed = catalog->database().write([&](soci::session& sql) -> Result<void> {
    sql << "INSERT INTO policies (digest, body, first_seen) VALUES (:d, NULL, 1)", soci::use(secret);
    return {};
  });
  CHECK(kind_of(failed) == ErrorKind::invalid);
  CHECK(failed.error().message.find(secret) == std::string::npos);
}

TEST_CASE_METHOD(CatalogFixture, "eight threads that read and then write lose no change") {
  REQUIRE(Recordings(*catalog).create(recording_named("r")));
  const auto counted = catalog->database().write([](soci::session& sql) -> Result<void> {
    sql << "INSERT INTO counters (name, value) VALUES ('test', 0)";
    return {};
  });
  REQUIRE(counted);
  std::vector<int> errors(8, 0);
  in_threads(8, [&](int thread) {
    for (int i = 0; i < 25; ++i) {
      const auto done = catalog->database().write([](soci::session& sql) -> Result<void> {
        long long value = 0;
        sql << "SELECT value FROM counters WHERE name = 'test'", soci::into(value);
        ++value;
        sql << "UPDATE counters SET value = :value WHERE name = 'test'", soci::use(value);
        return {};
      });
      if (!done) ++errors[static_cast<std::size_t>(thread)];
    }
  });
  CHECK(errors == std::vector<int>(8, 0));
  const auto value = catalog->database().read([](soci::session& sql) -> Result<long long> {
    long long number = 0;
    sql << "SELECT value FROM counters WHERE name = 'test'", soci::into(number);
    return number;
  });
  CHECK(value.value() == 200);
}

TEST_CASE_METHOD(CatalogFixture, "a policy is kept for ever under its digest") {
  Policies policies(*catalog);
  const std::string text(1 << 20, 'p');
  REQUIRE(policies.keep("d1", text, at(1)));
  REQUIRE(policies.keep("d1", text, at(2)));
  CHECK(kind_of(policies.keep("d1", "another", at(3))) == ErrorKind::corrupt);
  const auto found = policies.find("d1");
  REQUIRE(found);
  CHECK(found.value().text == text);
  CHECK(found.value().first_seen == at(1));
}
