#include "storage/journal/journal_source.h"

#include "storage/journal/entry.h"
#include "storage/journal/format.h"

namespace frostgate::storage {

Result<std::optional<std::vector<std::byte>>> DirectoryJournalSource::file(int index) {
  Result<std::vector<std::byte>> bytes = files_->read_whole(directory_ / journal_file_name(index), kMaxJournalFile);
  if (bytes) return std::optional(std::move(*bytes));
  if (bytes.error().kind == ErrorKind::not_found) return std::optional<std::vector<std::byte>>();
  return bytes.error();
}

}  // namespace frostgate::storage
