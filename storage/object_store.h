// Where closed journal files and sealed film lie: immutable objects by key. Written once, whole or not at all.
// Keys are components of [A-Za-z0-9._-], not starting with '.', joined by '/', at most 512 characters; other keys are
// `invalid`. Not thread-safe per object.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/base/result.h"
#include "storage/file_system.h"

namespace frostgate::storage {

bool valid_object_key(std::string_view key);

class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  // On success, and on `exists`, the object survives a power cut; one that exists stays as it was.
  virtual Result<void> put_if_absent(std::string_view key, std::span<const std::byte> bytes) = 0;
  // The bytes from `offset`, at most `size`, fewer where the object ends.
  virtual Result<std::vector<std::byte>> read(std::string_view key, std::uint64_t offset, std::uint64_t size) = 0;
  virtual Result<std::uint64_t> size(std::string_view key) = 0;
  // All keys under `prefix`, sorted. A prefix is a key (whole components), or empty for everything.
  virtual Result<std::vector<std::string>> list(std::string_view prefix) = 0;
  // The components that follow `prefix` in keys, sorted; there may be one of which the last key was removed.
  virtual Result<std::vector<std::string>> folders(std::string_view prefix) = 0;
  // `not_found` when there is none.
  virtual Result<void> remove(std::string_view key) = 0;
};

// The keys under `prefix` by the component that follows it: those of "film" by recording.
Result<std::map<std::string, std::set<std::string>>> list_by_folder(ObjectStore& objects, const std::string& prefix);

// Objects as files under one directory. Many processes may use it at once.
class DirectoryObjectStore final : public ObjectStore {
 public:
  static Result<DirectoryObjectStore> open(FileSystem& files, const FileSystem::Path& root);

  Result<void> put_if_absent(std::string_view key, std::span<const std::byte> bytes) override;
  Result<std::vector<std::byte>> read(std::string_view key, std::uint64_t offset, std::uint64_t size) override;
  Result<std::uint64_t> size(std::string_view key) override;
  Result<std::vector<std::string>> list(std::string_view prefix) override;
  Result<std::vector<std::string>> folders(std::string_view prefix) override;
  Result<void> remove(std::string_view key) override;

  // Removes what puts that never ended left behind, and says how many. Only while nobody puts: at start.
  Result<int> discard_incomplete();

 private:
  DirectoryObjectStore(FileSystem& files, FileSystem::Path root) : files_(&files), root_(std::move(root)) {}
  Result<void> list_into(const FileSystem::Path& path, const std::string& key, std::vector<std::string>& keys);
  Result<void> sync_up_from(const FileSystem::Path& path);

  FileSystem* files_;
  FileSystem::Path root_;
};

}  // namespace frostgate::storage
