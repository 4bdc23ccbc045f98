#include "storage/journal/journal_writer.h"

#include <algorithm>
#include <utility>

#include "storage/byte_order.h"
#include "storage/crypto/aead.h"
#include "storage/crypto/random.h"

namespace frostgate::storage {

namespace {

// What one record adds to its entries, and the record that closes a file.
constexpr std::size_t kRecordOverhead = kJournalLengthBytes + kTagBytes;
constexpr std::size_t kClosingRecord = kRecordOverhead + kJournalEntryHeadBytes;

// So that a second of keystrokes is not copied about as the buffer grows.
constexpr std::size_t kFirstBuffer = 8192;

void append_head(std::vector<std::byte>& out, std::uint8_t kind, SessionTime at, std::size_t size) {
  append_number<std::uint8_t>(out, kind);
  append_number<std::uint64_t>(out, static_cast<std::uint64_t>(at.count()));
  append_number<std::uint32_t>(out, static_cast<std::uint32_t>(size));
}

}  // namespace

JournalWriter::JournalWriter(FileSystem& files, FileSystem::Path directory, std::string recording, const Secret& key,
                             JournalLimits limits)
    : files_(&files),
      directory_(std::move(directory)),
      recording_(std::move(recording)),
      key_(key.clone()),
      limits_(limits) {}

Result<JournalWriter> JournalWriter::create(FileSystem& files, FileSystem::Path directory, std::string recording,
                                            const Secret& key, JournalLimits limits) {
  if (key.size() != kKeyBytes) return Error{ErrorKind::invalid, "a journal key has 32 bytes"};
  TRY(files.make_directories(directory));
  JournalWriter writer(files, std::move(directory), std::move(recording), key, limits);
  writer.buffer_.reserve(kFirstBuffer);
  TRY(writer.begin_file(0));
  return writer;
}

Result<JournalWriter> JournalWriter::resume(FileSystem& files, FileSystem::Path directory, std::string recording, const Secret& key,
                                            int first_file) {
  if (key.size() != kKeyBytes) return Error{ErrorKind::invalid, "a journal key has 32 bytes"};
  JournalWriter writer(files, std::move(directory), std::move(recording), key, {});
  writer.buffer_.reserve(kFirstBuffer);
  TRY(writer.begin_file(first_file));
  return writer;
}

Result<void> JournalWriter::append(JournalEntryKind kind, SessionTime at, std::span<const std::byte> payload) {
  if (failed_) return *failed_;
  if (finished_) return Error{ErrorKind::invalid, "the journal has ended"};
  if (at < SessionTime::zero()) return Error{ErrorKind::invalid, "a journal entry from before the session"};
  if (payload.size() > kMaxJournalPayload ||
      buffer_.size() + payload.size() + 2 * kJournalEntryHeadBytes > kMaxJournalRecord) {
    return Error{ErrorKind::invalid, "more than a journal record can hold"};
  }
  if (buffer_.empty()) buffer_from_ = at;
  last_ = std::max(last_, at);
  append_head(buffer_, static_cast<std::uint8_t>(kind), at, payload.size());
  buffer_.insert(buffer_.end(), payload.begin(), payload.end());
  return {};
}

Result<void> JournalWriter::flush() {
  if (failed_) return *failed_;
  if (buffer_.empty()) return {};
  return remember(flush_into_file());
}

Result<void> JournalWriter::finish() { return close_with(JournalMark::journal_ends); }

Result<void> JournalWriter::pause() { return close_with(JournalMark::file_ends); }

Result<void> JournalWriter::close_with(JournalMark mark) {
  if (failed_) return *failed_;
  if (finished_) return Error{ErrorKind::invalid, "the journal has ended already"};
  finished_ = true;
  append_mark(mark);
  return remember(flush_into_file());
}

// The first error is the last word: a record may be half written, and its nonces must not be used for another.
Result<void> JournalWriter::remember(Result<void> outcome) {
  if (!outcome) {
    failed_ = outcome.error();
    file_.reset();
  }
  return outcome;
}

void JournalWriter::append_mark(JournalMark mark) {
  if (buffer_.empty()) buffer_from_ = last_;
  append_head(buffer_, static_cast<std::uint8_t>(mark), last_, 0);
}

Result<void> JournalWriter::flush_into_file() {
  if (next_file_is_due()) {
    std::vector<std::byte> entries = std::exchange(buffer_, {});
    const SessionTime from = buffer_from_;
    append_mark(JournalMark::file_ends);
    TRY(write_record());
    TRY(begin_file(file_index_ + 1));
    buffer_ = std::move(entries);
    buffer_from_ = from;
  }
  return write_record();
}

bool JournalWriter::next_file_is_due() const {
  if (!file_from_) return false;
  return last_ - *file_from_ > limits_.span ||
         file_bytes_ + buffer_.size() + kRecordOverhead + kClosingRecord > limits_.bytes;
}

Result<void> JournalWriter::begin_file(int index) {
  std::array<std::byte, kJournalSaltBytes> salt{};
  TRY(random_bytes(salt));
  const JournalHeader header = make_journal_header(recording_, index, salt);
  file_ = TRY(files_->create(directory_ / journal_file_name(index)));
  TRY(file_->append(header));
  TRY(file_->sync());
  TRY(files_->sync_directory(directory_));
  cipher_.emplace(key_, recording_, index, header);
  file_index_ = index;
  file_bytes_ = header.size();
  file_from_.reset();
  bytes_written_ += header.size();
  return {};
}

Result<void> JournalWriter::write_record() {
  std::vector<std::byte> sealed;
  sealed.reserve(buffer_.size() + kRecordOverhead);
  cipher_->seal_record(buffer_, sealed);
  TRY(file_->append(sealed));
  TRY(file_->sync());
  if (!file_from_) file_from_ = buffer_from_;
  file_bytes_ += sealed.size();
  bytes_written_ += sealed.size();
  wipe_memory(buffer_.data(), buffer_.size());  // it may be what somebody typed
  buffer_.clear();
  return {};
}

}  // namespace frostgate::storage
