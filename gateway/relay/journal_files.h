// Where a relay's journal is written: it has no file system of its own and asks serve for each new file.
#pragma once

#include "gateway/relay/serve_link.h"
#include "storage/file_system.h"

namespace frostgate::relay {

// Makes files in the session's folder, to which paths are relative. All else is `unsupported`. Thread-safe; each
// create() is one question to serve, so a journal that needs its next file when serve has died ends there.
class JournalFiles final : public storage::FileSystem {
 public:
  explicit JournalFiles(ServeLink& link) : link_(link) {}

  Result<std::unique_ptr<storage::AppendFile>> create(const Path& path) override;
  // serve has made the folder, and synced it before it handed out a file.
  Result<void> make_directories(const Path&) override { return {}; }
  Result<void> sync_directory(const Path&) override { return {}; }

  Result<std::vector<std::byte>> read(const Path& path, std::uint64_t offset, std::uint64_t size) override;
  Result<storage::FileStatus> status(const Path& path) override;
  Result<void> rename_new(const Path& from, const Path& to) override;
  Result<std::vector<std::string>> list(const Path& path) override;
  Result<void> remove(const Path& path) override;
  Result<void> remove_directory(const Path& path) override;

 private:
  ServeLink& link_;
};

}  // namespace frostgate::relay
