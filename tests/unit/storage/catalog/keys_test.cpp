#include "storage/catalog/keys.h"

#include <algorithm>
#include <random>

#include "storage/catalog/columns.h"
#include "storage/catalog/sign_ins.h"
#include "tests/unit/storage/catalog/fixture.h"

using namespace frostgate;
using namespace frostgate::catalog;

namespace {

std::vector<std::byte> random_key(std::mt19937_64& random) {
  std::vector<std::byte> key(60);
  for (std::byte& byte : key) byte = static_cast<std::byte>(random());
  return key;
}

}  // namespace

TEST_CASE_METHOD(CatalogFixture, "a key is found again after the catalog was closed, and belongs to one recording and kind") {
  std::mt19937_64 random(1);
  const auto key = random_key(random);
  REQUIRE(Recordings(*catalog).create(recording_named("r1")));
  REQUIRE(Keys(*catalog).add("r1", KeyKind::journal, key, at(1)));
  reopen();
  Keys keys(*catalog);
  CHECK(*keys.find("r1", KeyKind::journal) == key);
  CHECK(kind_of(keys.find("r1", KeyKind::film)) == ErrorKind::not_found);
  CHECK(kind_of(keys.find("r2", KeyKind::journal)) == ErrorKind::not_found);
  CHECK(kind_of(keys.add("r1", KeyKind::journal, key, at(2))) == ErrorKind::exists);
  CHECK(kind_of(keys.add("r2", KeyKind::journal, key, at(2))) == ErrorKind::not_found);
  CHECK(kind_of(keys.add("r1", KeyKind::film, {}, at(2))) == ErrorKind::invalid);
}

TEST_CASE_METHOD(CatalogFixture, "a recording is there with all its keys or not at all") {
  std::mt19937_64 random(8);
  const auto key = random_key(random);
  Recordings recordings(*catalog);
  REQUIRE(recordings.create(recording_named("r1"), std::vector<WrappedKey>{{KeyKind::journal, key}, {KeyKind::film, key}}));
  CHECK(*Keys(*catalog).find("r1", KeyKind::film) == key);
  CHECK(kind_of(recordings.create(recording_named("r2"), std::vector<WrappedKey>{{KeyKind::journal, key}, {KeyKind::film, {}}})) == ErrorKind::invalid);
  CHECK(kind_of(recordings.create(recording_named("r2"), std::vector<WrappedKey>{{KeyKind::film, key}, {KeyKind::film, key}})) == ErrorKind::exists);
  reopen();
  CHECK(kind_of(Recordings(*catalog).find("r2")) == ErrorKind::not_found);
  CHECK(kind_of(Keys(*catalog).find("r2", KeyKind::journal)) == ErrorKind::not_found);
}

TEST_CASE_METHOD(CatalogFixture, "a destroyed key is known to have been, and never comes back") {
  std::mt19937_64 random(2);
  const auto key = random_key(random);
  REQUIRE(Recordings(*catalog).create(recording_named("r1")));
  Keys keys(*catalog);
  REQUIRE(keys.add("r1", KeyKind::keystrokes, key, at(1)));
  REQUIRE(keys.destroy("r1", KeyKind::keystrokes, at(2)));
  REQUIRE(keys.destroy("r1", KeyKind::keystrokes, at(3)));
  CHECK(kind_of(keys.find("r1", KeyKind::keystrokes)) == ErrorKind::not_found);
  CHECK(kind_of(keys.add("r1", KeyKind::keystrokes, key, at(4))) == ErrorKind::exists);
  CHECK(kind_of(keys.destroy("r1", KeyKind::film, at(4))) == ErrorKind::not_found);
  auto list = keys.list("r1");
  REQUIRE(list);
  REQUIRE(list->size() == 1);
  CHECK((*list)[0].kind == KeyKind::keystrokes);
  CHECK((*list)[0].created == at(1));
  CHECK((*list)[0].destroyed == at(2));
}

TEST_CASE_METHOD(CatalogFixture, "no byte of a destroyed key is left in the database or its log") {
  std::mt19937_64 random(3);
  Keys keys(*catalog);
  std::vector<std::vector<std::byte>> wrapped;
  std::vector<std::size_t> order;
  // Inserted out of order, so that the tree of rows splits and moves its cells.
  for (std::size_t i = 0; i < 150; ++i) order.push_back(i);
  std::shuffle(order.begin(), order.end(), random);
  for (std::size_t i = 0; i < order.size(); ++i) wrapped.push_back(random_key(random));
  for (const std::size_t i : order) {
    const std::string id = "r" + std::to_string(i);
    REQUIRE(Recordings(*catalog).create(recording_named(id)));
    REQUIRE(keys.add(id, KeyKind::journal, wrapped[i], at(0)));
  }
  if (!postgresql.empty()) {
    soci::session sql(*soci::factory_postgresql(), postgresql);
    sql << "ANALYZE";  // as autovacuum does when it likes
  }
  std::shuffle(order.begin(), order.end(), random);
  const std::vector<std::size_t> doomed(order.begin(), order.begin() + 60);
  CHECK(bytes_on_disk().find(hex(wrapped[doomed[0]])) != std::string::npos);
  for (const std::size_t i : doomed) REQUIRE(keys.destroy("r" + std::to_string(i), KeyKind::journal, at(1)));

  const std::string disk = bytes_on_disk();
  for (const std::size_t i : doomed) {
    const std::string text = hex(wrapped[i]);
    CHECK(disk.find(text.substr(0, 16)) == std::string::npos);
    CHECK(disk.find(text.substr(50, 16)) == std::string::npos);
    CHECK(disk.find(text.substr(104)) == std::string::npos);
  }
  for (std::size_t i = 60; i < order.size(); ++i) {
    CHECK(*keys.find("r" + std::to_string(order[i]), KeyKind::journal) == wrapped[order[i]]);
  }
}

TEST_CASE_METHOD(CatalogFixture, "on PostgreSQL a key is destroyed only once nobody's transaction can see it any more") {
  if (postgresql.empty()) return;
  std::mt19937_64 random(4);
  const auto wrapped = random_key(random);
  REQUIRE(Recordings(*catalog).create(recording_named("r1")));
  Keys keys(*catalog);
  REQUIRE(keys.add("r1", KeyKind::journal, wrapped, at(0)));
  soci::session dump(*soci::factory_postgresql(), postgresql);
  std::string seen;
  dump << "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
  dump << "SELECT id FROM recordings", soci::into(seen);
  CHECK(kind_of(keys.destroy("r1", KeyKind::journal, at(1))) == ErrorKind::unavailable);
  CHECK(kind_of(keys.find("r1", KeyKind::journal)) == ErrorKind::not_found);
  dump << "ROLLBACK";
  REQUIRE(keys.destroy("r1", KeyKind::journal, at(2)));
  CHECK(bytes_on_disk().find(hex(wrapped).substr(0, 16)) == std::string::npos);
}

TEST_CASE_METHOD(CatalogFixture, "a second factor alone tells which key wraps what the catalog holds") {
  REQUIRE(Users(*catalog).add("anna", "", at(0)));
  CHECK_FALSE(Keys(*catalog).any_wrapped().value());
  const std::vector<std::byte> wrapped(40, std::byte{7});
  REQUIRE(SecondFactors(*catalog).propose("anna", wrapped));
  CHECK(Keys(*catalog).any_wrapped().value() == wrapped);
}
