// Two stores that look like one: objects are written to the first, and may be moved to the second, the archive, without anybody who reads them noticing.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "storage/object_store.h"

namespace frostgate::storage {

// Many processes may use it at once, and move the same objects. Not thread-safe per object.
class TieredObjectStore final : public ObjectStore {
 public:
  // An archive is known by a mark that its first opening leaves: `unavailable` when `archive_in_use` and the mark is not there, since then something is in it and this is another
  // directory, perhaps the empty one that it is mounted on. An empty `archive`: there is none.
  static Result<TieredObjectStore> open(FileSystem& files, const FileSystem::Path& root, const FileSystem::Path& archive, bool archive_in_use);

  // `exists` also for what is in the archive.
  Result<void> put_if_absent(std::string_view key, std::span<const std::byte> bytes) override;
  Result<std::vector<std::byte>> read(std::string_view key, std::uint64_t offset, std::uint64_t size) override;
  Result<std::uint64_t> size(std::string_view key) override;
  Result<std::vector<std::string>> list(std::string_view prefix) override;
  Result<std::vector<std::string>> folders(std::string_view prefix) override;
  Result<void> remove(std::string_view key) override;

  // Moves everything under `prefix` to the archive, and says how many objects. Each is there, synced and read back, before it goes here; after a crash some may be in both,
  // and moving again finishes it. `unsupported` without an archive; `corrupt` when the archive has another object of that key.
  Result<int> archive(std::string_view prefix);
  bool has_archive() const { return archive_.has_value(); }

  // Of both. As DirectoryObjectStore's.
  Result<int> discard_incomplete();

 private:
  TieredObjectStore(DirectoryObjectStore first, std::optional<DirectoryObjectStore> archive) : first_(std::move(first)), archive_(std::move(archive)) {}
  Result<void> move(const std::string& key);

  DirectoryObjectStore first_;
  std::optional<DirectoryObjectStore> archive_;
};

}  // namespace frostgate::storage
