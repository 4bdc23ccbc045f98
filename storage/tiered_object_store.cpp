#include "storage/tiered_object_store.h"

#include <algorithm>
#include <iterator>

#include "storage/byte_order.h"

namespace frostgate::storage {
namespace {

constexpr std::string_view kArchiveMark = "frostgate-archive";

bool is_missing(const Error& error) { return error.kind == ErrorKind::not_found; }

}  // namespace

Result<TieredObjectStore> TieredObjectStore::open(FileSystem& files, const FileSystem::Path& root, const FileSystem::Path& archive, bool archive_in_use) {
  DirectoryObjectStore first = TRY(DirectoryObjectStore::open(files, root));
  const Error not_there{ErrorKind::unavailable, "the archive " + (archive.empty() ? "that recordings were moved to is not configured" : archive.string() + " is not the one that recordings were moved to: is it mounted?")};
  if (archive.empty()) {
    if (archive_in_use) return not_there;
    return TieredObjectStore(std::move(first), std::nullopt);
  }
  // Before anything is written there.
  const auto mark = files.status(archive / kArchiveMark);
  if (!mark && !is_missing(mark.error())) return mark.error();
  if (!mark && archive_in_use) return not_there;
  DirectoryObjectStore second = TRY(DirectoryObjectStore::open(files, archive));
  const Result<void> marked = second.put_if_absent(kArchiveMark, bytes_of("Recordings of a Frostgate are kept here.\n"));
  if (!marked && marked.error().kind != ErrorKind::exists) return marked.error();
  return TieredObjectStore(std::move(first), std::move(second));
}

Result<void> TieredObjectStore::put_if_absent(std::string_view key, std::span<const std::byte> bytes) {
  if (archive_) {
    const auto there = archive_->size(key);
    if (there) return Error{ErrorKind::exists, "object " + std::string(key) + " exists, in the archive"};
    if (!is_missing(there.error())) return there.error();
  }
  return first_.put_if_absent(key, bytes);
}

Result<std::vector<std::byte>> TieredObjectStore::read(std::string_view key, std::uint64_t offset, std::uint64_t size) {
  auto bytes = first_.read(key, offset, size);
  if (bytes || !archive_ || !is_missing(bytes.error())) return bytes;
  return archive_->read(key, offset, size);
}

Result<std::uint64_t> TieredObjectStore::size(std::string_view key) {
  auto size = first_.size(key);
  if (size || !archive_ || !is_missing(size.error())) return size;
  return archive_->size(key);
}

Result<std::vector<std::string>> TieredObjectStore::list(std::string_view prefix) {
  std::vector<std::string> keys = TRY(first_.list(prefix));
  if (!archive_) return keys;
  // The archive second: what is moved meanwhile is in one of the lists at least.
  const std::vector<std::string> archived = TRY(archive_->list(prefix));
  std::vector<std::string> all;
  std::ranges::set_union(keys, archived, std::back_inserter(all));
  std::erase(all, kArchiveMark);
  return all;
}

Result<std::vector<std::string>> TieredObjectStore::folders(std::string_view prefix) {
  std::vector<std::string> names = TRY(first_.folders(prefix));
  if (!archive_) return names;
  const std::vector<std::string> archived = TRY(archive_->folders(prefix));
  std::vector<std::string> all;
  std::ranges::set_union(names, archived, std::back_inserter(all));
  return all;
}

Result<void> TieredObjectStore::remove(std::string_view key) {
  const Result<void> first = first_.remove(key);
  if (!archive_ || (!first && !is_missing(first.error()))) return first;
  const Result<void> second = archive_->remove(key);
  // A move that was interrupted leaves it in both.
  if (!second && is_missing(second.error())) return first;
  return second;
}

Result<void> TieredObjectStore::move(const std::string& key) {
  const std::uint64_t size = TRY(first_.size(key));
  const std::vector<std::byte> bytes = TRY(first_.read(key, 0, size));
  const Result<void> put = archive_->put_if_absent(key, bytes);
  if (!put && put.error().kind != ErrorKind::exists) return put;
  const std::vector<std::byte> there = TRY(archive_->read(key, 0, size + 1));
  if (there != bytes) return Error{ErrorKind::corrupt, "the archive has another object " + key + ", which was not moved"};
  return first_.remove(key);
}

Result<int> TieredObjectStore::archive(std::string_view prefix) {
  if (!archive_) return Error{ErrorKind::unsupported, "no archive is configured"};
  int moved = 0;
  for (const std::string& key : TRY(first_.list(prefix))) {
    const Result<void> done = move(key);
    // Somebody else moved or removed it.
    if (!done && is_missing(done.error())) continue;
    TRY(done);
    ++moved;
  }
  return moved;
}

Result<int> TieredObjectStore::discard_incomplete() {
  const int first = TRY(first_.discard_incomplete());
  if (!archive_) return first;
  const int archived = TRY(archive_->discard_incomplete());
  return first + archived;
}

}  // namespace frostgate::storage
