// Where a journal's files come from: a directory, or another process.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "codec/base/result.h"
#include "storage/file_system.h"

namespace frostgate::storage {

class JournalSource {
 public:
  virtual ~JournalSource() = default;
  // The bytes of file `index` as they are now; nothing when there is no such file.
  virtual Result<std::optional<std::vector<std::byte>>> file(int index) = 0;
};

class DirectoryJournalSource final : public JournalSource {
 public:
  DirectoryJournalSource(FileSystem& files, FileSystem::Path directory)
      : files_(&files), directory_(std::move(directory)) {}
  Result<std::optional<std::vector<std::byte>>> file(int index) override;

 private:
  FileSystem* files_;
  FileSystem::Path directory_;
};

}  // namespace frostgate::storage
