// A disk in memory that keeps apart what was written and what was synced, fails the operation it is told to, and can
// lose power. After leveldb's fault injection: what was not synced may be gone, names too.
#pragma once

#include <functional>
#include <map>
#include <set>

#include "storage/file_system.h"

namespace frostgate::storage {

class MemoryFileSystem final : public FileSystem {
 public:
  Result<std::unique_ptr<AppendFile>> create(const Path& path) override;
  Result<std::vector<std::byte>> read(const Path& path, std::uint64_t offset, std::uint64_t size) override;
  Result<FileStatus> status(const Path& path) override;
  Result<void> rename_new(const Path& from, const Path& to) override;
  Result<void> sync_directory(const Path& path) override;
  Result<std::vector<std::string>> list(const Path& path) override;
  Result<void> remove(const Path& path) override;
  Result<void> remove_directory(const Path& path) override;
  Result<void> make_directories(const Path& path) override;

  // The n-th writing operation from now, counted from 0, fails, and with `dead` all after it. An append that fails has
  // written the first half.
  void fail_at(int operation, bool dead) {
    operations_left_ = operation;
    dead_ = dead;
  }
  void repair() { operations_left_ = -1, dead_ = false; }
  // Writing operations since the start.
  int operations() const { return operations_; }
  // Everything not synced is forgotten.
  void lose_power();

  std::vector<std::byte>& contents(const Path& path) { return live_.at(path.lexically_normal())->live; }

 private:
  friend class MemoryAppendFile;
  struct File {
    std::vector<std::byte> live, durable;
  };
  using Names = std::map<Path, std::shared_ptr<File>>;  // a directory has no File

  Result<void> operation(const char* name);

  Names live_{{"/", nullptr}}, durable_{{"/", nullptr}};
  int operations_ = 0;
  int operations_left_ = -1;
  bool dead_ = false;
};

}  // namespace frostgate::storage
