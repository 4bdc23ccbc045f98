#include "storage/object_store.h"

#include <algorithm>
#include <array>
#include <utility>

#include "storage/crypto/hex.h"
#include "storage/crypto/random.h"

namespace frostgate::storage {

namespace {

constexpr std::size_t kMaxKey = 512;
// No key begins with a dot, so nothing here is an object.
constexpr const char* kIncoming = ".incoming";

bool valid_component(std::string_view component) {
  return !component.empty() && component.front() != '.' && component.size() <= 255 &&
         std::ranges::all_of(component, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
                  c == '-';
         });
}

Result<void> check_key(std::string_view key) {
  if (!valid_object_key(key)) return Error{ErrorKind::invalid, "not an object key"};
  return {};
}

}  // namespace

bool valid_object_key(std::string_view key) {
  if (key.size() > kMaxKey) return false;
  while (true) {
    const std::size_t slash = key.find('/');
    if (!valid_component(key.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    key.remove_prefix(slash + 1);
  }
}

Result<DirectoryObjectStore> DirectoryObjectStore::open(FileSystem& files, const FileSystem::Path& root) {
  TRY(files.make_directories(root / kIncoming));
  return DirectoryObjectStore(files, root);
}

Result<void> DirectoryObjectStore::put_if_absent(std::string_view key, std::span<const std::byte> bytes) {
  TRY(check_key(key));
  const FileSystem::Path path = root_ / key;
  const Result<FileStatus> there = files_->status(path);
  if (there) {
    // Its put may have ended between the rename and the sync.
    TRY(sync_up_from(path));
    return Error{ErrorKind::exists, "object " + std::string(key) + " exists"};
  }
  if (there.error().kind != ErrorKind::not_found) return there.error();

  std::array<std::byte, 16> name{};
  TRY(random_bytes(name));
  const FileSystem::Path temporary = root_ / kIncoming / to_hex(name);
  std::unique_ptr<AppendFile> file = TRY(files_->create(temporary));
  const auto write = [&]() -> Result<void> {
    TRY(file->append(bytes));
    TRY(file->sync());
    TRY(files_->make_directories(path.parent_path()));
    return files_->rename_new(temporary, path);
  };
  const Result<void> written = write();
  if (!written) {
    (void)files_->remove(temporary);
    return written;
  }
  return sync_up_from(path);
}

// Every directory up to the root: another process may have made one and not synced it yet. Clean ones cost nothing.
Result<void> DirectoryObjectStore::sync_up_from(const FileSystem::Path& path) {
  for (FileSystem::Path directory = path.parent_path();; directory = directory.parent_path()) {
    TRY(files_->sync_directory(directory));
    if (directory == root_ || !directory.has_relative_path()) return {};
  }
}

Result<std::vector<std::byte>> DirectoryObjectStore::read(std::string_view key, std::uint64_t offset,
                                                          std::uint64_t size) {
  TRY(check_key(key));
  return files_->read(root_ / key, offset, size);
}

Result<std::uint64_t> DirectoryObjectStore::size(std::string_view key) {
  TRY(check_key(key));
  const FileStatus status = TRY(files_->status(root_ / key));
  if (!status.regular) return Error{ErrorKind::not_found, "there is no object " + std::string(key)};
  return status.size;
}

Result<std::vector<std::string>> DirectoryObjectStore::list(std::string_view prefix) {
  if (!prefix.empty()) TRY(check_key(prefix));
  std::vector<std::string> keys;
  TRY(list_into(prefix.empty() ? root_ : root_ / prefix, std::string(prefix), keys));
  std::ranges::sort(keys);
  return keys;
}

Result<std::vector<std::string>> DirectoryObjectStore::folders(std::string_view prefix) {
  TRY(check_key(prefix));
  Result<std::vector<std::string>> names = files_->list(root_ / prefix);
  if (!names) return names.error().kind == ErrorKind::not_found ? std::vector<std::string>() : std::move(names);
  std::erase_if(*names, [](const std::string& name) { return !valid_component(name); });
  std::ranges::sort(*names);
  return names;
}

Result<void> DirectoryObjectStore::list_into(const FileSystem::Path& path, const std::string& key,
                                             std::vector<std::string>& keys) {
  const Result<FileStatus> status = files_->status(path);
  if (!status) {
    if (status.error().kind == ErrorKind::not_found) return {};
    return status.error();
  }
  const FileStatus& found = status.value();
  if (found.regular && !key.empty()) keys.push_back(key);
  if (!found.directory && !key.empty()) return {};
  for (const std::string& name : TRY(files_->list(path))) {
    if (!valid_component(name)) continue;
    const std::string below = key.empty() ? name : key + "/" + name;
    if (below.size() <= kMaxKey) TRY(list_into(path / name, below, keys));
  }
  return {};
}

Result<void> DirectoryObjectStore::remove(std::string_view key) {
  TRY(check_key(key));
  const FileSystem::Path path = root_ / key;
  TRY(files_->remove(path));
  return files_->sync_directory(path.parent_path());
}

Result<int> DirectoryObjectStore::discard_incomplete() {
  int discarded = 0;
  for (const std::string& name : TRY(files_->list(root_ / kIncoming))) {
    TRY(files_->remove(root_ / kIncoming / name));
    ++discarded;
  }
  return discarded;
}

Result<std::map<std::string, std::set<std::string>>> list_by_folder(ObjectStore& objects, const std::string& prefix) {
  std::map<std::string, std::set<std::string>> out;
  for (const std::string& key : TRY(objects.list(prefix))) {
    const std::size_t begin = prefix.size() + 1;
    out[key.substr(begin, key.find('/', begin) - begin)].insert(key);
  }
  return out;
}

}  // namespace frostgate::storage
