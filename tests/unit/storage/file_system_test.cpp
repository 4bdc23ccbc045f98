#include "storage/file_system.h"

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include "storage/byte_order.h"
#include "tests/unit/storage/temporary_directory.h"

using namespace frostgate;
using namespace frostgate::storage;

TEST_CASE("files and directories are made for their owner alone, whatever the umask") {
  TemporaryDirectory directory;
  FileSystem& files = real_file_system();
  const auto deep = directory.path() / "a" / "b" / "c";
  const mode_t before = ::umask(0);
  files.make_directories(deep).value();
  const auto file = files.create(deep / "f").value();
  ::umask(before);
  CHECK(files.status(deep).value().permissions == 0700);
  CHECK(files.status(deep.parent_path()).value().permissions == 0700);
  CHECK(files.status(deep / "f").value().permissions == 0600);
  CHECK(files.status(deep / "f").value().owned_by_us);
  files.make_directories(deep).value();
  CHECK(files.make_directories(deep / "f" / "g").error().kind == ErrorKind::exists);
}

TEST_CASE("a file is created once, grows by appending and reads whole or by range") {
  TemporaryDirectory directory;
  FileSystem& files = real_file_system();
  const auto path = directory.path() / "f";
  const auto file = files.create(path).value();
  file->append(bytes_of("hello ")).value();
  file->append(bytes_of("world")).value();
  file->sync().value();
  files.sync_directory(directory.path()).value();
  CHECK(files.create(path).error().kind == ErrorKind::exists);
  CHECK(files.read_whole(path, 11).value().size() == 11);
  CHECK(files.read_whole(path, 10).error().kind == ErrorKind::invalid);
  CHECK(files.read(path, 9, 100).value().size() == 2);
  CHECK(files.read(path, ~std::uint64_t{0}, ~std::uint64_t{0}).value().empty());
}

TEST_CASE("renaming never replaces") {
  TemporaryDirectory directory;
  FileSystem& files = real_file_system();
  files.create(directory.path() / "a").value()->append(bytes_of("a")).value();
  (void)files.create(directory.path() / "b").value();
  CHECK(files.rename_new(directory.path() / "a", directory.path() / "b").error().kind == ErrorKind::exists);
  files.rename_new(directory.path() / "a", directory.path() / "c").value();
  CHECK(files.list(directory.path()).value() == std::vector<std::string>{"b", "c"});
  files.remove(directory.path() / "b").value();
  CHECK(files.remove(directory.path() / "b").error().kind == ErrorKind::not_found);
}

TEST_CASE("a directory is removed when it is empty, and only then") {
  TemporaryDirectory directory;
  FileSystem& files = real_file_system();
  const auto folder = directory.path() / "folder";
  files.make_directories(folder).value();
  (void)files.create(folder / "a").value();
  CHECK_FALSE(files.remove_directory(folder));
  files.remove(folder / "a").value();
  files.remove_directory(folder).value();
  CHECK(files.remove_directory(folder).error().kind == ErrorKind::not_found);
}

TEST_CASE("what is no regular file is not read, and nothing waits for it") {
  TemporaryDirectory directory;
  FileSystem& files = real_file_system();
  REQUIRE(::mkfifo((directory.path() / "fifo").c_str(), 0600) == 0);
  CHECK(files.read(directory.path() / "fifo", 0, 1).error().kind == ErrorKind::invalid);
  CHECK(files.read(directory.path(), 0, 1).error().kind == ErrorKind::invalid);
  CHECK(files.read(directory.path() / "none", 0, 1).error().kind == ErrorKind::not_found);
  CHECK(files.list(directory.path() / "none").error().kind == ErrorKind::not_found);
}
