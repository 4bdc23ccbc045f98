#include "gateway/serve/paused_journal.h"

#include "codec/tiles/event_coding.h"
#include "storage/journal/journal_reader.h"
#include "storage/journal/journal_writer.h"

namespace frostgate::serve {

int next_journal_file(const std::filesystem::path& folder) {
  int index = 0;
  std::error_code failure;
  while (std::filesystem::exists(folder / storage::journal_file_name(index), failure)) ++index;
  return index;
}

Result<void> check_paused(const std::filesystem::path& folder, const std::string& recording, const Secret& key) {
  const int next = next_journal_file(folder);
  if (next == 0) return Error{ErrorKind::corrupt, "the journal has no file"};
  storage::DirectoryJournalSource source(storage::real_file_system(), folder);
  storage::JournalPosition last;
  last.file = next - 1;
  auto reader = TRY(storage::JournalReader::open(source, recording, key, storage::JournalGrowth::ended, last));
  for (bool more = true; more;) {
    const auto entry = TRY(reader.next());
    more = entry.has_value();
  }
  // To a reader it has been cut exactly where the next file would begin.
  const auto cut = reader.truncated();
  if (cut && cut->file == next && cut->record == 0 && cut->lost_bytes == 0) return {};
  return Error{ErrorKind::corrupt, reader.finished_cleanly() ? "the journal has ended" : "the journal's last file was not closed"};
}

Result<void> end_paused(const std::filesystem::path& folder, const std::string& recording, const Secret& key, SessionTime at,
                        const std::string& reason) {
  auto writer = TRY(storage::JournalWriter::resume(storage::real_file_system(), folder, recording, key, next_journal_file(folder)));
  if (!reason.empty()) TRY(writer.append(storage::JournalEntryKind::event, at, codec::encode_event(SessionEnded{reason})));
  return writer.finish();
}

}  // namespace frostgate::serve
