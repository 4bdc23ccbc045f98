// Reads a journal, a record in memory at a time, also while it is being written: what is not there yet is waited for by calling
// again. A journal that was cut anywhere (a crash, a full disk) opens up to its last whole record and says so; one whose bytes were
// changed gives `corrupt` after the entries before the change.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/secret.h"
#include "storage/journal/entry.h"
#include "storage/journal/format.h"
#include "storage/journal/journal_source.h"

namespace frostgate::storage {

// Where a journal without a proper end stops.
struct JournalTruncation {
  int file = 0;
  std::uint64_t record = 0;      // the first that is not whole
  std::uint64_t lost_bytes = 0;  // of it
};

// A place between two entries.
struct JournalPosition {
  int file = 0;
  std::uint64_t offset = 0;  // in the file, of the record
  std::uint64_t record = 0;  // its number
  std::size_t entry = 0;     // in the opened record; 0 before its first
};

enum class JournalGrowth {
  ended,    // what is there is all there will be
  growing,  // its writer may be writing
};

class JournalReader {
 public:
  // `source` outlives the reader. `not_found` when there is no file 0 of a journal that has ended. `from` is a position() of an
  // earlier reader of this journal; `invalid` when there is nothing like it.
  static Result<JournalReader> open(JournalSource& source, std::string recording, const Secret& key,
                                    JournalGrowth growth = JournalGrowth::ended, const JournalPosition& from = {});

  // The next entry; nothing at the end, proper or not, and nothing of a growing journal while there is no whole record: call again.
  // A record is whole once its flush was begun; the writer syncs it before it writes another. After an error, the same error again.
  Result<std::optional<JournalEntry>> next();

  // The writer has gone: what does not follow now never will.
  void expect_no_more() { growth_ = JournalGrowth::ended; }

  // Of the entry that next() gives next.
  JournalPosition position() const;

  // Both hold once next() has returned nothing.
  bool finished_cleanly() const { return finished_; }
  std::optional<JournalTruncation> truncated() const { return truncated_; }

 private:
  JournalReader(JournalSource& source, std::string recording, const Secret& key, JournalGrowth growth);

  Result<std::optional<JournalEntry>> step();
  Result<void> seek(const JournalPosition& position);
  Result<bool> have(std::size_t bytes);
  Result<bool> begin_file();
  Result<bool> next_record();
  Result<bool> stop_here();
  Result<bool> only_zeros_follow();
  Result<std::optional<JournalEntry>> next_entry();
  Result<void> end_file(JournalMark mark);
  Result<bool> has_file(int index);
  Result<void> truncate_here();
  std::span<const std::byte> rest() const { return std::span<const std::byte>(buffer_).subspan(used_); }
  std::uint64_t file_position() const { return buffer_offset_ + used_; }
  Error corrupt(const std::string& what) const;

  JournalSource* source_;
  std::string recording_;
  Secret key_;
  JournalGrowth growth_;

  std::optional<Error> failed_;
  bool finished_ = false;
  std::optional<JournalTruncation> truncated_;

  int file_index_ = 0;
  std::vector<std::byte> buffer_;             // of the file, from buffer_offset_ on
  std::size_t used_ = 0;                      // of the buffer
  std::uint64_t buffer_offset_ = 0;
  std::optional<JournalFileCipher> cipher_;   // once the file's header was read
  JournalPosition record_at_;                 // of the opened record
  std::vector<std::byte> record_;
  std::size_t record_position_ = 0;
};

}  // namespace frostgate::storage
