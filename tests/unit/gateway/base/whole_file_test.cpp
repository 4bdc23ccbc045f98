#include "gateway/base/whole_file.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/unit/bytes_of.h"
#include "tests/unit/gateway/files.h"

namespace frostgate {
TEST_CASE("a file is replaced as a whole, for its owner alone") {
  const storage::TemporaryDirectory folder;
  const auto path = folder.path() / "file";
  REQUIRE(read_whole_file(path, 100).value() == std::nullopt);
  REQUIRE(replace_file(path, bytes_of("first")));
  REQUIRE(replace_file(path, bytes_of("second one")));
  CHECK(read_whole_file(path, 100).value() == bytes_of("second one"));
  CHECK(std::filesystem::status(path).permissions() == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("a file that cannot be replaced stays, and leaves nothing beside it") {
  const storage::TemporaryDirectory folder;
  const auto path = folder.path() / "file";
  std::filesystem::create_directories(path / "full");
  CHECK_FALSE(replace_file(path, bytes_of("text")));
  CHECK(std::filesystem::is_directory(path / "full"));
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
  CHECK_FALSE(replace_file(folder.path() / "missing" / "file", bytes_of("text")));
}

TEST_CASE("what is too large or no file is not read") {
  const storage::TemporaryDirectory folder;
  write_file(folder.path() / "file", "0123456789");
  CHECK(read_whole_file(folder.path() / "file", 10));
  CHECK_FALSE(read_whole_file(folder.path() / "file", 9));
  CHECK_FALSE(read_whole_file(folder.path(), 100));
}

}  // namespace frostgate
