#include "storage/journal/journal_reader.h"

#include <algorithm>
#include <utility>

#include "storage/byte_order.h"
#include "storage/crypto/aead.h"

namespace frostgate::storage {

namespace {

// Read at once, so that little is asked for often and little is held.
constexpr std::size_t kChunk = std::size_t{1} << 20;

}  // namespace

JournalReader::JournalReader(JournalSource& source, std::string recording, const Secret& key, JournalGrowth growth)
    : source_(&source), recording_(std::move(recording)), key_(key.clone()), growth_(growth) {}

Result<JournalReader> JournalReader::open(JournalSource& source, std::string recording, const Secret& key, JournalGrowth growth,
                                          const JournalPosition& from) {
  if (key.size() != kKeyBytes) return Error{ErrorKind::invalid, "a journal key has 32 bytes"};
  JournalReader reader(source, std::move(recording), key, growth);
  reader.file_index_ = from.file;
  if (growth == JournalGrowth::growing && from.offset == 0) return reader;
  const bool there = TRY(reader.has_file(from.file));
  if (!there) return Error{ErrorKind::not_found, "there is no journal of " + reader.recording_};
  if (from.offset == 0) TRY(reader.begin_file());
  else TRY(reader.seek(from));
  return reader;
}

Result<void> JournalReader::seek(const JournalPosition& position) {
  const Error nothing{ErrorKind::invalid, "the journal has no such position"};
  const bool begun = TRY(begin_file());
  if (!begun || position.offset < kJournalHeaderBytes) return nothing;
  buffer_.clear();
  used_ = 0;
  buffer_offset_ = position.offset;
  cipher_->skip_to(position.record);
  if (position.entry == 0) return {};
  const bool record = TRY(next_record());
  if (!record || position.entry > record_.size()) return nothing;
  record_position_ = position.entry;
  return {};
}

JournalPosition JournalReader::position() const {
  if (record_position_ == record_.size()) return {file_index_, cipher_ ? file_position() : 0, cipher_ ? cipher_->records() : 0, 0};
  JournalPosition position = record_at_;
  position.entry = record_position_;
  return position;
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
      const bool more = TRY(next_record());
      if (!more) break;
      continue;
    }
    std::optional<JournalEntry> entry = TRY(next_entry());
    if (entry) return entry;
  }
  return std::optional<JournalEntry>();
}

// Whether so many bytes follow in the file.
Result<bool> JournalReader::have(std::size_t bytes) {
  while (buffer_.size() - used_ < bytes) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(used_));
    buffer_offset_ += std::exchange(used_, 0);
    const std::size_t wanted = std::max(bytes - buffer_.size(), kChunk);
    const auto more = TRY(source_->read(file_index_, buffer_offset_ + buffer_.size(), wanted));
    if (!more || more->empty()) return false;
    buffer_.insert(buffer_.end(), more->begin(), more->end());
  }
  return true;
}

// Whether the file's header is there.
Result<bool> JournalReader::begin_file() {
  const bool whole = TRY(have(kJournalHeaderBytes));
  if (!whole) return false;
  JournalHeader header;
  std::copy_n(rest().begin(), header.size(), header.begin());
  const Result<void> good = check_journal_header(header, recording_, file_index_);
  if (!good) return Error{ErrorKind::corrupt, "journal file " + std::to_string(file_index_) + " " + good.error().message};
  used_ += header.size();
  cipher_.emplace(key_, recording_, file_index_, header);
  return true;
}

// False when none follows yet, of a growing journal.
Result<bool> JournalReader::next_record() {
  if (!cipher_) {
    const bool begun = TRY(begin_file());
    if (!begun) return stop_here();
  }
  const JournalPosition here{file_index_, file_position(), cipher_->records(), 0};
  const bool length_there = TRY(have(kJournalLengthBytes));
  if (!length_there) return stop_here();
  Result<std::uint32_t> length = cipher_->open_length(rest().first(kJournalLengthBytes));
  if (!length) {
    const bool zeros = TRY(only_zeros_follow());
    if (zeros) return stop_here();
    return corrupt(length.error().message);
  }
  if (*length == 0 || *length > kMaxJournalRecord) return corrupt("its length is impossible");
  const std::size_t sealed = *length + kTagBytes;
  const bool body_there = TRY(have(kJournalLengthBytes + sealed));
  if (!body_there) return stop_here();
  Result<std::vector<std::byte>> body = cipher_->open_body(rest().subspan(kJournalLengthBytes, sealed));
  if (!body) return corrupt(body.error().message);
  used_ += kJournalLengthBytes + sealed;
  record_at_ = here;
  wipe_memory(record_.data(), record_.size());
  record_ = std::move(*body);
  record_position_ = 0;
  return true;
}

// What follows in the file is no whole record.
Result<bool> JournalReader::stop_here() {
  if (growth_ == JournalGrowth::growing) return false;
  TRY(truncate_here());
  return true;
}

// Some file systems leave zeros where a power cut lost the bytes but kept the size.
Result<bool> JournalReader::only_zeros_follow() {
  std::size_t checked = 0;
  do {
    const std::span<const std::byte> unseen = rest().subspan(checked);
    if (!std::ranges::all_of(unseen, [](std::byte byte) { return byte == std::byte{0}; })) return false;
    checked += unseen.size();
    const bool more = TRY(have(checked + 1));
    if (!more) return true;
  } while (checked <= kMaxJournalFile);
  return false;
}

// Nothing when it was a mark.
Result<std::optional<JournalEntry>> JournalReader::next_entry() {
  std::span<const std::byte> left = std::span<const std::byte>(record_).subspan(record_position_);
  const auto kind = take_number<std::uint8_t>(left);
  const auto at = take_number<std::uint64_t>(left);
  const auto size = take_number<std::uint32_t>(left);
  if (!kind || !at || !size || *size > left.size() || *at >> 63 != 0) return corrupt("an entry in it makes no sense");
  record_position_ += kJournalEntryHeadBytes + *size;
  if (*kind == static_cast<std::uint8_t>(JournalMark::file_ends) ||
      *kind == static_cast<std::uint8_t>(JournalMark::journal_ends)) {
    if (!left.empty()) return corrupt("entries after the end of the file");
    TRY(end_file(static_cast<JournalMark>(*kind)));
    return std::optional<JournalEntry>();
  }
  if (*kind < static_cast<std::uint8_t>(JournalEntryKind::state) ||
      *kind > static_cast<std::uint8_t>(JournalEntryKind::secret)) {
    return corrupt("an entry in it is of an unknown kind");
  }
  const auto payload = left.first(*size);
  return std::optional(JournalEntry{.kind = static_cast<JournalEntryKind>(*kind),
                                    .at = SessionTime(static_cast<std::int64_t>(*at)),
                                    .payload = {payload.begin(), payload.end()}});
}

Result<void> JournalReader::end_file(JournalMark mark) {
  const bool more = TRY(have(1));
  if (more) return corrupt("bytes follow the end of the file");
  if (mark == JournalMark::file_ends) {
    ++file_index_;
    buffer_ = {};
    used_ = 0;
    buffer_offset_ = 0;
    cipher_.reset();
    return {};
  }
  const bool next = TRY(has_file(file_index_ + 1));
  if (next) return corrupt("a file follows the end of the journal");
  finished_ = true;
  return {};
}

Result<bool> JournalReader::has_file(int index) {
  const auto bytes = TRY(source_->read(index, 0, 1));
  return bytes.has_value();
}

// The writer begins a file only when the one before it is closed and synced, so a file that follows means that somebody cut
// this one.
Result<void> JournalReader::truncate_here() {
  const bool next = TRY(has_file(file_index_ + 1));
  if (next) return corrupt("the file ends too early, and others follow it");
  std::size_t lost = rest().size();
  for (bool more = true; more && lost <= kMaxJournalFile; lost = rest().size()) more = TRY(have(lost + 1));
  truncated_ = JournalTruncation{.file = file_index_, .record = cipher_ ? cipher_->records() : 0, .lost_bytes = lost};
  buffer_ = {};
  used_ = 0;
  return {};
}

Error JournalReader::corrupt(const std::string& what) const {
  const std::uint64_t record = cipher_ ? cipher_->records() : 0;
  return {ErrorKind::corrupt,
          "journal file " + std::to_string(file_index_) + ", record " + std::to_string(record) + ": " + what};
}

}  // namespace frostgate::storage
