// Where a journal's bytes come from: a directory, or another process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "codec/base/result.h"
#include "storage/file_system.h"

namespace frostgate::storage {

class JournalSource {
 public:
  virtual ~JournalSource() = default;
  // The bytes of file `index` from `offset` on, as they are now: at most `size`, fewer where the file ends. Nothing when there is no
  // such file.
  virtual Result<std::optional<std::vector<std::byte>>> read(int index, std::uint64_t offset, std::size_t size) = 0;
};

class DirectoryJournalSource final : public JournalSource {
 public:
  DirectoryJournalSource(FileSystem& files, FileSystem::Path directory)
      : files_(&files), directory_(std::move(directory)) {}
  Result<std::optional<std::vector<std::byte>>> read(int index, std::uint64_t offset, std::size_t size) override;

 private:
  FileSystem* files_;
  FileSystem::Path directory_;
};

}  // namespace frostgate::storage
