#include "storage/tiered_object_store.h"

#include <catch2/catch.hpp>

#include "storage/byte_order.h"
#include "tests/unit/storage/memory_file_system.h"

using namespace frostgate;
using namespace frostgate::storage;

namespace {

std::vector<std::byte> text_bytes(std::string_view text) {
  const auto view = bytes_of(text);
  return {view.begin(), view.end()};
}

TieredObjectStore tiers(FileSystem& files, bool in_use = false) { return TieredObjectStore::open(files, "/vault", "/archive", in_use).value(); }

void put_film(TieredObjectStore& store) {
  for (const char* key : {"film/r1/0", "film/r1/1", "film/r2/0"}) store.put_if_absent(key, text_bytes(key)).value();
}

const std::vector<std::string> kFilms{"film/r1/0", "film/r1/1", "film/r2/0"};

}  // namespace

TEST_CASE("what was moved to the archive is read, listed, sized and removed as before, and never written again") {
  MemoryFileSystem files;
  TieredObjectStore store = tiers(files);
  put_film(store);
  CHECK(store.archive("film/r1").value() == 2);
  CHECK_FALSE(files.status("/vault/film/r1/1"));
  CHECK(files.status("/archive/film/r1/1"));
  CHECK(store.list("").value() == kFilms);
  CHECK(store.list("film/r1").value().size() == 2);
  CHECK(store.read("film/r1/1", 5, 4).value() == text_bytes("r1/1"));
  CHECK(store.size("film/r1/0").value() == 9);
  CHECK(store.put_if_absent("film/r1/0", text_bytes("other")).error().kind == ErrorKind::exists);
  CHECK(store.archive("film/r1").value() == 0);
  CHECK(tiers(files, true).read("film/r2/0", 0, 100).value() == text_bytes("film/r2/0"));
  REQUIRE(store.remove("film/r1/0"));
  REQUIRE(store.remove("film/r2/0"));
  CHECK(store.remove("film/r1/0").error().kind == ErrorKind::not_found);
  CHECK(store.list("").value() == std::vector<std::string>{"film/r1/1"});
  CHECK(store.read("film/r1/0", 0, 1).error().kind == ErrorKind::not_found);
}

TEST_CASE("whichever write of a move fails, every object is whole, and moving again finishes it, also after a power cut") {
  int writes = 0;
  {
    MemoryFileSystem files;
    TieredObjectStore store = tiers(files);
    put_film(store);
    const int before = files.operations();
    REQUIRE(store.archive("film/r1"));
    writes = files.operations() - before;
  }
  CHECK(writes >= 14);
  for (const bool dead : {false, true}) {
    for (int n = 0; n <= writes; ++n) {
      INFO("operation " << n << (dead ? ", dead" : ""));
      MemoryFileSystem files;
      {
        TieredObjectStore store = tiers(files);
        put_film(store);
        files.fail_at(n, dead);
        CHECK(store.archive("film/r1").has_value() == (n == writes));
      }
      if (dead) files.lose_power();
      files.repair();
      TieredObjectStore store = tiers(files, true);
      CHECK(store.list("").value() == kFilms);
      for (const std::string& key : kFilms) CHECK(store.read(key, 0, 100).value() == text_bytes(key));
      REQUIRE(store.archive("film/r1"));
      CHECK_FALSE(files.status("/vault/film/r1/0"));
      CHECK_FALSE(files.status("/vault/film/r1/1"));
      for (const std::string& key : kFilms) CHECK(store.read(key, 0, 100).value() == text_bytes(key));
      REQUIRE(store.remove("film/r1/0"));
      CHECK(store.read("film/r1/0", 0, 1).error().kind == ErrorKind::not_found);
    }
  }
}

TEST_CASE("an object that is in both places goes from both") {
  MemoryFileSystem files;
  TieredObjectStore store = tiers(files);
  put_film(store);
  DirectoryObjectStore archive = DirectoryObjectStore::open(files, "/archive").value();
  archive.put_if_absent("film/r1/0", text_bytes("film/r1/0")).value();
  CHECK(store.list("").value() == kFilms);
  REQUIRE(store.remove("film/r1/0"));
  CHECK(store.read("film/r1/0", 0, 1).error().kind == ErrorKind::not_found);
}

TEST_CASE("another object in the archive is no reason to lose this one") {
  MemoryFileSystem files;
  TieredObjectStore store = tiers(files);
  put_film(store);
  DirectoryObjectStore archive = DirectoryObjectStore::open(files, "/archive").value();
  const std::string other = GENERATE("film/r1", "film/r1/0 and more", "film/r1/1");
  archive.put_if_absent("film/r1/0", text_bytes(other)).value();
  CHECK(store.archive("film/r1").error().kind == ErrorKind::corrupt);
  CHECK(store.read("film/r1/0", 0, 100).value() == text_bytes("film/r1/0"));
}

TEST_CASE("an archive that is not mounted is not taken for an empty one") {
  MemoryFileSystem files;
  CHECK(TieredObjectStore::open(files, "/vault", "/archive", true).error().kind == ErrorKind::unavailable);
  CHECK_FALSE(files.status("/archive/frostgate-archive"));
  CHECK(TieredObjectStore::open(files, "/vault", "", true).error().kind == ErrorKind::unavailable);
  TieredObjectStore alone = TieredObjectStore::open(files, "/vault", "", false).value();
  put_film(alone);
  CHECK(alone.list("").value() == kFilms);
  CHECK(alone.archive("film/r1").error().kind == ErrorKind::unsupported);
  tiers(files);
  CHECK(TieredObjectStore::open(files, "/vault", "/archive", true));
}
