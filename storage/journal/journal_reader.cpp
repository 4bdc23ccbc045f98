#include "storage/journal/journal_reader.h"

#include <algorithm>
#include <utility>

#include "storage/byte_order.h"
#include "storage/crypto/aead.h"

namespace frostgate::storage {

JournalReader::JournalReader(JournalSource& source, std::string recording, const Secret& key)
    : source_(&source), recording_(std::move(recording)), key_(key.clone()) {}

Result<JournalReader> JournalReader::open(JournalSource& source, std::string recording, const Secret& key) {
  if (key.size() != kKeyBytes) return Error{ErrorKind::invalid, "a journal key has 32 bytes"};
  std::optional<std::vector<std::byte>> first = TRY(source.file(0));
  if (!first) return Error{ErrorKind::not_found, "there is no journal of " + recording};
  JournalReader reader(source, std::move(recording), key);
  TRY(reader.begin_file(0, std::move(first)));
  return reader;
}

Result<std::optional<JournalEntry>> JournalReader::next() {
  if (failed_) return *failed_;
  Result<std::optional<JournalEntry>> entry = step();
  if (!entry) failed_ = entry.error();
  return entry;
}

Result<std::optional<JournalEntry>> JournalReader::step() {
  while (!finished_ && !truncated_) {
    if (record_position_ == record_.size()) {
      TRY(next_record());
      continue;
    }
    std::optional<JournalEntry> entry = TRY(next_entry());
    if (entry) return entry;
  }
  return std::optional<JournalEntry>();
}

Result<void> JournalReader::begin_file(int index, std::optional<std::vector<std::byte>> bytes) {
  file_index_ = index;
  file_ = bytes ? std::move(*bytes) : std::vector<std::byte>();
  file_position_ = 0;
  cipher_.reset();
  if (file_.size() < kJournalHeaderBytes) return truncate_here();
  JournalHeader header;
  std::copy_n(file_.begin(), header.size(), header.begin());
  const Result<void> good = check_journal_header(header, recording_, index);
  if (!good) return Error{ErrorKind::corrupt, "journal file " + std::to_string(index) + " " + good.error().message};
  file_position_ = header.size();
  cipher_.emplace(key_, recording_, index, header);
  return {};
}

Result<void> JournalReader::next_record() {
  const std::span<const std::byte> rest = std::span<const std::byte>(file_).subspan(file_position_);
  // Some file systems leave zeros where a power cut lost the bytes but kept the size.
  const bool zeros = std::ranges::all_of(rest, [](std::byte byte) { return byte == std::byte{0}; });
  if (rest.size() < kJournalLengthBytes || zeros) return truncate_here();
  Result<std::uint32_t> length = cipher_->open_length(rest.first(kJournalLengthBytes));
  if (!length) return corrupt(length.error().message);
  if (*length == 0 || *length > kMaxJournalRecord) return corrupt("its length is impossible");
  const std::size_t sealed = *length + kTagBytes;
  if (rest.size() - kJournalLengthBytes < sealed) return truncate_here();
  Result<std::vector<std::byte>> body = cipher_->open_body(rest.subspan(kJournalLengthBytes, sealed));
  if (!body) return corrupt(body.error().message);
  file_position_ += kJournalLengthBytes + sealed;
  wipe_memory(record_.data(), record_.size());
  record_ = std::move(*body);
  record_position_ = 0;
  return {};
}

// Nothing when it was a mark.
Result<std::optional<JournalEntry>> JournalReader::next_entry() {
  std::span<const std::byte> rest = std::span<const std::byte>(record_).subspan(record_position_);
  const auto kind = take_number<std::uint8_t>(rest);
  const auto at = take_number<std::uint64_t>(rest);
  const auto size = take_number<std::uint32_t>(rest);
  if (!kind || !at || !size || *size > rest.size() || *at >> 63 != 0) return corrupt("an entry in it makes no sense");
  record_position_ += kJournalEntryHeadBytes + *size;
  if (*kind == static_cast<std::uint8_t>(JournalMark::file_ends) ||
      *kind == static_cast<std::uint8_t>(JournalMark::journal_ends)) {
    if (!rest.empty()) return corrupt("entries after the end of the file");
    TRY(end_file(static_cast<JournalMark>(*kind)));
    return std::optional<JournalEntry>();
  }
  if (*kind < static_cast<std::uint8_t>(JournalEntryKind::state) ||
      *kind > static_cast<std::uint8_t>(JournalEntryKind::keystroke)) {
    return corrupt("an entry in it is of an unknown kind");
  }
  const auto payload = rest.first(*size);
  return std::optional(JournalEntry{.kind = static_cast<JournalEntryKind>(*kind),
                                    .at = SessionTime(static_cast<std::int64_t>(*at)),
                                    .payload = {payload.begin(), payload.end()}});
}

Result<void> JournalReader::end_file(JournalMark mark) {
  if (file_position_ != file_.size()) return corrupt("bytes follow the end of the file");
  file_ = {};
  file_position_ = 0;
  std::optional<std::vector<std::byte>> next = TRY(source_->file(file_index_ + 1));
  if (mark == JournalMark::file_ends) return begin_file(file_index_ + 1, std::move(next));
  if (next) return corrupt("a file follows the end of the journal");
  finished_ = true;
  return {};
}

// The rest of the file is no whole record. The writer begins a file only when the one before it is closed and synced,
// so a file that follows means that somebody cut this one.
Result<void> JournalReader::truncate_here() {
  const JournalTruncation here{.file = file_index_,
                               .record = cipher_ ? cipher_->records() : 0,
                               .lost_bytes = file_.size() - file_position_};
  file_ = {};
  file_position_ = 0;
  const std::optional<std::vector<std::byte>> next = TRY(source_->file(file_index_ + 1));
  if (next) return corrupt("the file ends too early, and others follow it");
  truncated_ = here;
  return {};
}

Error JournalReader::corrupt(const std::string& what) const {
  const std::uint64_t record = cipher_ ? cipher_->records() : 0;
  return {ErrorKind::corrupt,
          "journal file " + std::to_string(file_index_) + ", record " + std::to_string(record) + ": " + what};
}

}  // namespace frostgate::storage
