#include "storage/journal/journal_source.h"

#include "storage/journal/entry.h"

namespace frostgate::storage {

Result<std::optional<std::vector<std::byte>>> DirectoryJournalSource::read(int index, std::uint64_t offset, std::size_t size) {
  Result<std::vector<std::byte>> bytes = files_->read(directory_ / journal_file_name(index), offset, size);
  if (bytes) return std::optional(std::move(*bytes));
  if (bytes.error().kind == ErrorKind::not_found) return std::optional<std::vector<std::byte>>();
  return bytes.error();
}

}  // namespace frostgate::storage
