#include "storage/object_store.h"

#include <catch2/catch.hpp>

#include "storage/byte_order.h"
#include "tests/unit/storage/memory_file_system.h"
#include "tests/unit/storage/temporary_directory.h"

using namespace frostgate;
using namespace frostgate::storage;

namespace {
std::vector<std::byte> bytes(std::string_view text) {
  const auto view = bytes_of(text);
  return {view.begin(), view.end()};
}
}  // namespace

TEST_CASE("an object is written once, read by range, listed and removed") {
  TemporaryDirectory directory;
  DirectoryObjectStore store = DirectoryObjectStore::open(real_file_system(), directory.path() / "objects").value();
  store.put_if_absent("film/a/0001", bytes("hello world")).value();
  CHECK(store.put_if_absent("film/a/0001", bytes("other")).error().kind == ErrorKind::exists);
  CHECK(store.size("film/a/0001").value() == 11);
  CHECK(store.read("film/a/0001", 6, 100).value() == bytes("world"));
  CHECK(store.read("film/a/0001", 0, 5).value() == bytes("hello"));
  CHECK(store.read("film/a/0001", 50, 5).value().empty());
  store.put_if_absent("film/a/0000", {}).value();
  store.put_if_absent("film/ab/0000", bytes("x")).value();
  CHECK(store.list("film/a").value() == std::vector<std::string>{"film/a/0000", "film/a/0001"});
  CHECK(store.list("").value().size() == 3);
  CHECK(store.list("none").value().empty());
  store.remove("film/a/0001").value();
  CHECK(store.remove("film/a/0001").error().kind == ErrorKind::not_found);
  CHECK(store.size("film/a").error().kind == ErrorKind::not_found);
  CHECK(store.list("film/a").value() == std::vector<std::string>{"film/a/0000"});
}

TEST_CASE("a key that could leave the store or hide in it is refused by every operation") {
  TemporaryDirectory directory;
  DirectoryObjectStore store = DirectoryObjectStore::open(real_file_system(), directory.path() / "objects").value();
  using namespace std::string_literals;
  for (const std::string& key : {""s, "/"s, "/etc/passwd"s, ".."s, "../x"s, "a/../b"s, "a//b"s, "a/"s, ".hidden"s,
                                 "a/.incoming"s, "a b"s, "a\0b"s, "a\\b"s, "\xc3\xa4"s, std::string(513, 'a'),
                                 std::string(256, 'a')}) {
    INFO(key);
    CHECK_FALSE(valid_object_key(key));
    CHECK(store.put_if_absent(key, {}).error().kind == ErrorKind::invalid);
    CHECK(store.read(key, 0, 1).error().kind == ErrorKind::invalid);
    CHECK(store.size(key).error().kind == ErrorKind::invalid);
    CHECK(store.remove(key).error().kind == ErrorKind::invalid);
    if (!key.empty()) CHECK(store.list(key).error().kind == ErrorKind::invalid);
  }
}

TEST_CASE("an object that is a symbolic link is not followed") {
  TemporaryDirectory directory;
  DirectoryObjectStore store = DirectoryObjectStore::open(real_file_system(), directory.path()).value();
  std::filesystem::create_symlink("/etc/hostname", directory.path() / "link");
  CHECK_FALSE(store.read("link", 0, 100));
  CHECK_FALSE(store.size("link"));
}

TEST_CASE("whichever write fails, an object is whole or not there, and a put that succeeded survives a power cut") {
  MemoryFileSystem counting;
  DirectoryObjectStore first = DirectoryObjectStore::open(counting, "/objects").value();
  const int opening = counting.operations();
  first.put_if_absent("a/b/c", bytes("0123456789")).value();
  const int putting = counting.operations() - opening;
  CHECK(putting >= 7);
  for (const bool dead : {false, true}) {
    for (int n = 0; n <= putting; ++n) {
      INFO("operation " << n << (dead ? ", dead" : ""));
      MemoryFileSystem files;
      DirectoryObjectStore store = DirectoryObjectStore::open(files, "/objects").value();
      files.fail_at(n, dead);
      const Result<void> put = store.put_if_absent("a/b/c", bytes("0123456789"));
      CHECK(put.has_value() == (n == putting));
      files.repair();
      if (const auto now = store.read("a/b/c", 0, 100)) CHECK(now.value() == bytes("0123456789"));
      // Either this makes it, or says that it exists; both promise that it lasts.
      const Result<void> again = store.put_if_absent("a/b/c", bytes("0123456789"));
      CHECK((again || again.error().kind == ErrorKind::exists));
      files.lose_power();
      REQUIRE(store.read("a/b/c", 0, 100).value() == bytes("0123456789"));
      CHECK(store.list("").value() == std::vector<std::string>{"a/b/c"});
      CHECK(store.discard_incomplete());
      CHECK(files.list("/objects/.incoming").value().empty());
    }
  }
}

TEST_CASE("an object that was removed stays removed after a power cut") {
  MemoryFileSystem files;
  DirectoryObjectStore store = DirectoryObjectStore::open(files, "/objects").value();
  store.put_if_absent("a/b", bytes("x")).value();
  store.remove("a/b").value();
  files.lose_power();
  CHECK(store.list("").value().empty());
}
