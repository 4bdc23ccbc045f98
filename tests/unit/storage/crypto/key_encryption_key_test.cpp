#include "storage/crypto/key_encryption_key.h"

#include <catch2/catch.hpp>
#include <filesystem>

#include "storage/crypto/random.h"
#include "tests/unit/storage/memory_file_system.h"
#include "tests/unit/storage/temporary_directory.h"

using namespace frostgate;
using namespace frostgate::storage;

TEST_CASE("a key-encryption key is made once, for its owner alone, and loads as the same") {
  TemporaryDirectory directory;
  const auto path = directory.path() / "keys" / "kek";
  FileSystem& files = real_file_system();
  const KeyEncryptionKey first = KeyEncryptionKey::load_or_create(files, path).value();
  CHECK(files.status(path).value().permissions == 0600);
  CHECK(files.status(path.parent_path()).value().permissions == 0700);
  CHECK(files.list(path.parent_path()).value() == std::vector<std::string>{"kek"});
  const KeyEncryptionKey second = KeyEncryptionKey::load_or_create(files, path).value();
  CHECK(first.id() == second.id());
  const Secret key = new_data_key().value();
  CHECK(second.unwrap(first.wrap(key, "rec/journal").value(), "rec/journal").value().text() == key.text());
}

TEST_CASE("a key-encryption key that others may read, or that is a link or no key, is refused and left alone") {
  TemporaryDirectory directory;
  const auto path = directory.path() / "kek";
  FileSystem& files = real_file_system();
  (void)KeyEncryptionKey::load_or_create(files, path).value();
  using std::filesystem::perms;
  for (const perms wide : {perms::group_read, perms::group_write, perms::others_read, perms::others_exec}) {
    std::filesystem::permissions(path, perms::owner_read | perms::owner_write | wide);
    CHECK(KeyEncryptionKey::load_or_create(files, path).error().kind == ErrorKind::denied);
  }
  std::filesystem::permissions(path, perms::owner_read | perms::owner_write);
  std::filesystem::create_symlink(path, directory.path() / "link");
  CHECK(KeyEncryptionKey::load_or_create(files, directory.path() / "link").error().kind == ErrorKind::denied);
  std::filesystem::resize_file(path, 39);
  CHECK(KeyEncryptionKey::load_or_create(files, path).error().kind == ErrorKind::corrupt);
  CHECK(std::filesystem::file_size(path) == 39);
}

TEST_CASE("a wrapped key opens only whole, in its context and under its own key-encryption key") {
  MemoryFileSystem files;
  const KeyEncryptionKey kek = KeyEncryptionKey::load_or_create(files, "/a/kek").value();
  const KeyEncryptionKey other = KeyEncryptionKey::load_or_create(files, "/b/kek").value();
  const Secret key = new_data_key().value();
  std::vector<std::byte> wrapped = kek.wrap(key, "rec/journal").value();
  CHECK(kek.wrap(key, "rec/journal").value() != wrapped);
  CHECK(kek.unwrap(wrapped, "rec/film").error().kind == ErrorKind::corrupt);
  CHECK(other.unwrap(wrapped, "rec/journal").error().kind == ErrorKind::denied);
  for (std::size_t i = 0; i < wrapped.size(); ++i) {
    wrapped[i] ^= std::byte{1};
    CHECK_FALSE(kek.unwrap(wrapped, "rec/journal"));
    wrapped[i] ^= std::byte{1};
    CHECK_FALSE(kek.unwrap(std::span(wrapped).first(i), "rec/journal"));
  }
  CHECK(kek.unwrap(wrapped, "rec/journal").value().text() == key.text());
  CHECK(kek.wrap(Secret(), "").error().kind == ErrorKind::invalid);
}

TEST_CASE("whichever write fails, a key-encryption key that was given out survives a power cut") {
  MemoryFileSystem counting;
  (void)KeyEncryptionKey::load_or_create(counting, "/k/kek").value();
  for (int n = 0; n < counting.operations(); ++n) {
    INFO("operation " << n);
    MemoryFileSystem files;
    files.fail_at(n, n % 2 == 0);
    const Result<KeyEncryptionKey> made = KeyEncryptionKey::load_or_create(files, "/k/kek");
    files.repair();
    files.lose_power();
    const Result<KeyEncryptionKey> again = KeyEncryptionKey::load_or_create(files, "/k/kek");
    REQUIRE(again);
    if (made) CHECK(made.value().id() == again.value().id());
  }
}
