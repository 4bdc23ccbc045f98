// The real disk, with faults: fails the operation it is told to, and can lose power. What was not synced is gone then, names too. For what cannot be on a
// MemoryFileSystem, since others read it. What others wrote stays.
#pragma once

#include <functional>
#include <list>
#include <map>
#include <utility>

#include "storage/file_system.h"

namespace frostgate::storage {

class FaultyFileSystem final : public FileSystem {
 public:
  // As of MemoryFileSystem.
  void fail_at(int operation, bool dead) {
    left_ = operation;
    dead_ = dead;
    fired_ = false;
  }
  void repair() { left_ = -1, dead_ = false; }
  // Whether an operation was made to fail since fail_at().
  bool fired() const { return fired_; }

  void lose_power() {
    for (auto lost = lost_.rbegin(); lost != lost_.rend(); ++lost) lost->undo();
    lost_.clear();
    std::error_code gone;
    for (const auto& [path, synced] : synced_) {
      if (std::filesystem::exists(path, gone)) std::filesystem::resize_file(path, *synced, gone);
    }
    synced_.clear();
  }

  Result<std::unique_ptr<AppendFile>> create(const Path& path) override {
    TRY(operation("create"));
    auto file = TRY(disk_.create(path));
    const auto synced = synced_[path] = std::make_shared<std::uint64_t>(0);
    later(path.parent_path(), [path] { (void)real_file_system().remove(path).has_value(); });
    return std::unique_ptr<AppendFile>(std::make_unique<File>(*this, std::move(file), synced));
  }
  Result<std::vector<std::byte>> read(const Path& path, std::uint64_t offset, std::uint64_t size) override { return disk_.read(path, offset, size); }
  Result<FileStatus> status(const Path& path) override { return disk_.status(path); }
  Result<std::vector<std::string>> list(const Path& path) override { return disk_.list(path); }
  Result<void> rename_new(const Path& from, const Path& to) override {
    TRY(operation("rename"));
    TRY(disk_.rename_new(from, to));
    if (auto moved = synced_.extract(from)) {
      moved.key() = to;
      synced_.insert(std::move(moved));
    }
    later(to.parent_path(), [this, from, to] {
      if (auto back = synced_.extract(to)) {
        back.key() = from;
        synced_.insert(std::move(back));
      }
      (void)disk_.rename_new(to, from).has_value();
    });
    return {};
  }
  Result<void> sync_directory(const Path& path) override {
    TRY(operation("sync directory"));
    TRY(disk_.sync_directory(path));
    lost_.remove_if([&](const Lost& one) { return one.directory == path.lexically_normal(); });
    return {};
  }
  Result<void> remove(const Path& path) override {
    TRY(operation("remove"));
    const auto bytes = disk_.read(path, 0, ~std::uint64_t{0});
    TRY(disk_.remove(path));
    if (bytes) {
      later(path.parent_path(), [path, bytes = bytes.value()] {
        if (const auto file = real_file_system().create(path)) (void)file.value()->append(bytes).has_value();
      });
    }
    return {};
  }
  Result<void> remove_directory(const Path& path) override {
    TRY(operation("remove directory"));
    TRY(disk_.remove_directory(path));
    later(path.parent_path(), [path] { (void)real_file_system().make_directories(path).has_value(); });
    return {};
  }
  Result<void> make_directories(const Path& path) override {
    if (disk_.status(path)) return disk_.make_directories(path);
    TRY(operation("make directory"));
    return disk_.make_directories(path);  // each synced
  }

 private:
  class File final : public AppendFile {
   public:
    File(FaultyFileSystem& files, std::unique_ptr<AppendFile> file, std::shared_ptr<std::uint64_t> synced) : files_(files), file_(std::move(file)), synced_(std::move(synced)) {}
    Result<void> append(std::span<const std::byte> bytes) override {
      const Result<void> good = files_.operation("append");
      if (!good) bytes = bytes.first(bytes.size() / 2);
      written_ += bytes.size();
      TRY(file_->append(bytes));
      return good;
    }
    Result<void> sync() override {
      TRY(files_.operation("sync"));
      TRY(file_->sync());
      *synced_ = written_;
      return {};
    }

   private:
    FaultyFileSystem& files_;
    std::unique_ptr<AppendFile> file_;
    std::shared_ptr<std::uint64_t> synced_;
    std::uint64_t written_ = 0;
  };
  struct Lost {
    Path directory;  // once it is synced nothing is lost
    std::function<void()> undo;
  };

  void later(const Path& directory, std::function<void()> undo) { lost_.push_back({directory.lexically_normal(), std::move(undo)}); }
  Result<void> operation(const char* name) {
    if (left_ < 0) return {};
    if (left_ > 0) {
      --left_;
      return {};
    }
    if (!dead_) left_ = -1;
    fired_ = true;
    return Error{ErrorKind::no_space, std::string("planned failure of ") + name};
  }

  FileSystem& disk_ = real_file_system();
  std::list<Lost> lost_;
  std::map<Path, std::shared_ptr<std::uint64_t>> synced_;  // bytes of each new file
  int left_ = -1;
  bool dead_ = false, fired_ = false;
};

}  // namespace frostgate::storage
