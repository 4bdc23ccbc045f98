// The one seam between storage and the disk. Tests replace it to fail any operation and to forget what was not synced.
// A file that is a symbolic link is not opened; directories may be links. Not thread-safe per object; the real one has no state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "codec/base/result.h"

namespace frostgate::storage {

// A new file, open for appending. Destroying it closes it and promises nothing about its bytes.
class AppendFile {
 public:
  virtual ~AppendFile() = default;
  // All bytes or an error; after an error any part of them may have been written.
  virtual Result<void> append(std::span<const std::byte> bytes) = 0;
  // fdatasync(2). After an error nothing is known about the bytes since the last sync, and trying again proves nothing.
  virtual Result<void> sync() = 0;
};

struct FileStatus {
  std::uint64_t size = 0;
  bool regular = false;
  bool directory = false;
  bool owned_by_us = false;       // by this process's user
  std::uint32_t permissions = 0;  // the nine bits, as for chmod
};

class FileSystem {
 public:
  using Path = std::filesystem::path;

  virtual ~FileSystem() = default;

  // Mode 0600; `exists` when there is one. The name lasts only once its directory is synced.
  virtual Result<std::unique_ptr<AppendFile>> create(const Path& path) = 0;
  // The bytes from `offset`, at most `size`, fewer where the file ends.
  virtual Result<std::vector<std::byte>> read(const Path& path, std::uint64_t offset, std::uint64_t size) = 0;
  virtual Result<FileStatus> status(const Path& path) = 0;
  // Atomic; `exists` when `to` does, which then stays as it was.
  virtual Result<void> rename_new(const Path& from, const Path& to) = 0;
  virtual Result<void> sync_directory(const Path& path) = 0;
  // Names in a directory, sorted, without "." and "..".
  virtual Result<std::vector<std::string>> list(const Path& path) = 0;
  virtual Result<void> remove(const Path& path) = 0;
  // One that is empty.
  virtual Result<void> remove_directory(const Path& path) = 0;
  // With all missing parents, mode 0700, each synced into its parent. One that exists is left as it is.
  virtual Result<void> make_directories(const Path& path) = 0;

  // The whole file; `invalid` when it is larger than `limit`.
  Result<std::vector<std::byte>> read_whole(const Path& path, std::uint64_t limit);
};

// On a file that somebody else has made and opened; takes the descriptor over. `name` is for messages.
std::unique_ptr<AppendFile> append_to(int descriptor, FileSystem::Path name);

// POSIX. Stateless, safe from any thread.
FileSystem& real_file_system();

}  // namespace frostgate::storage
