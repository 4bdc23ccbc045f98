#include "tests/unit/storage/memory_file_system.h"

#include <algorithm>

namespace frostgate::storage {

class MemoryAppendFile final : public AppendFile {
 public:
  MemoryAppendFile(MemoryFileSystem& files, std::shared_ptr<MemoryFileSystem::File> file)
      : files_(&files), file_(std::move(file)) {}

  Result<void> append(std::span<const std::byte> bytes) override {
    const Result<void> good = files_->operation("append");
    if (!good) bytes = bytes.first(bytes.size() / 2);
    file_->live.insert(file_->live.end(), bytes.begin(), bytes.end());
    return good;
  }
  Result<void> sync() override {
    TRY(files_->operation("sync"));
    file_->durable = file_->live;
    return {};
  }

 private:
  MemoryFileSystem* files_;
  std::shared_ptr<MemoryFileSystem::File> file_;
};

Result<void> MemoryFileSystem::operation(const char* name) {
  ++operations_;
  if (operations_left_ < 0) return {};
  if (operations_left_ > 0) {
    --operations_left_;
    return {};
  }
  if (!dead_) operations_left_ = -1;
  return Error{ErrorKind::no_space, std::string("planned failure of ") + name};
}

Result<std::unique_ptr<AppendFile>> MemoryFileSystem::create(const Path& path) {
  TRY(operation("create"));
  if (!live_.contains(path.parent_path())) return Error{ErrorKind::not_found, "no directory"};
  auto file = std::make_shared<File>();
  if (!live_.emplace(path, file).second) return Error{ErrorKind::exists, path.string() + " exists"};
  return std::unique_ptr<AppendFile>(std::make_unique<MemoryAppendFile>(*this, file));
}

Result<std::vector<std::byte>> MemoryFileSystem::read(const Path& path, std::uint64_t offset, std::uint64_t size) {
  const auto found = live_.find(path);
  if (found == live_.end() || !found->second) return Error{ErrorKind::not_found, path.string() + ": no such file"};
  const std::vector<std::byte>& bytes = found->second->live;
  const auto all = std::span(bytes).subspan(std::min<std::size_t>(offset, bytes.size()));
  const auto part = all.first(std::min<std::size_t>(size, all.size()));
  return std::vector<std::byte>(part.begin(), part.end());
}

Result<FileStatus> MemoryFileSystem::status(const Path& path) {
  const auto found = live_.find(path);
  if (found == live_.end()) return Error{ErrorKind::not_found, path.string() + ": no such file"};
  const bool regular = found->second != nullptr;
  return FileStatus{.size = regular ? found->second->live.size() : 0, .regular = regular, .directory = !regular,
                    .owned_by_us = true, .permissions = regular ? 0600u : 0700u};
}

Result<void> MemoryFileSystem::rename_new(const Path& from, const Path& to) {
  TRY(operation("rename"));
  const auto found = live_.find(from);
  if (found == live_.end() || !live_.contains(to.parent_path())) return Error{ErrorKind::not_found, "nothing to rename"};
  if (!live_.emplace(to, found->second).second) return Error{ErrorKind::exists, to.string() + " exists"};
  live_.erase(from);
  return {};
}

Result<void> MemoryFileSystem::sync_directory(const Path& path) {
  TRY(operation("sync directory"));
  std::erase_if(durable_, [&](const auto& entry) {
    return entry.first != path && entry.first.parent_path() == path && !live_.contains(entry.first);
  });
  for (const auto& [name, file] : live_) {
    if (name.parent_path() == path) durable_[name] = file;
  }
  return {};
}

Result<std::vector<std::string>> MemoryFileSystem::list(const Path& path) {
  std::vector<std::string> names;
  for (const auto& [name, file] : live_) {
    if (name != path && name.parent_path() == path) names.push_back(name.filename());
  }
  return names;
}

Result<void> MemoryFileSystem::remove(const Path& path) {
  TRY(operation("remove"));
  if (live_.erase(path) == 0) return Error{ErrorKind::not_found, path.string() + ": no such file"};
  return {};
}

Result<void> MemoryFileSystem::remove_directory(const Path& path) {
  TRY(operation("remove directory"));
  const auto found = live_.find(path);
  if (found == live_.end() || found->second) return Error{ErrorKind::not_found, path.string() + ": no such directory"};
  const bool empty = std::none_of(live_.begin(), live_.end(), [&](const auto& entry) { return entry.first != path && entry.first.parent_path() == path; });
  if (!empty) return Error{ErrorKind::io, path.string() + " is not empty"};
  live_.erase(found);
  return {};
}

Result<void> MemoryFileSystem::make_directories(const Path& path) {
  Path made;
  for (const Path& component : path) {
    const Path parent = made;
    made /= component;
    if (live_.contains(made)) continue;
    TRY(operation("make directory"));
    live_.emplace(made, nullptr);
    TRY(sync_directory(parent));
  }
  return {};
}

void MemoryFileSystem::lose_power() {
  // A name lasts when all directories above it do.
  Names names;
  for (const auto& [name, file] : durable_) {
    if (name != "/" && !names.contains(name.parent_path())) continue;
    // A file of its own, so that copies of this disk stay as they are.
    names.emplace(name, file ? std::make_shared<File>(File{file->durable, file->durable}) : nullptr);
  }
  live_ = durable_ = names;
}

}  // namespace frostgate::storage
