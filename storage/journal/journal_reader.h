// Reads a journal, one file in memory at a time. A journal that was cut anywhere (a crash, a full disk) opens up to its
// last whole record and says so; one whose bytes were changed gives `corrupt` after the entries before the change.
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

class JournalReader {
 public:
  // `source` outlives the reader. `not_found` when there is no file 0.
  static Result<JournalReader> open(JournalSource& source, std::string recording, const Secret& key);

  // The next entry; nothing at the end, proper or not. After an error, the same error again.
  Result<std::optional<JournalEntry>> next();

  // Both hold once next() has returned nothing.
  bool finished_cleanly() const { return finished_; }
  std::optional<JournalTruncation> truncated() const { return truncated_; }

 private:
  JournalReader(JournalSource& source, std::string recording, const Secret& key);

  Result<std::optional<JournalEntry>> step();
  Result<void> begin_file(int index, std::optional<std::vector<std::byte>> bytes);
  Result<void> next_record();
  Result<std::optional<JournalEntry>> next_entry();
  Result<void> end_file(JournalMark mark);
  Result<void> truncate_here();
  Error corrupt(const std::string& what) const;

  JournalSource* source_;
  std::string recording_;
  Secret key_;

  std::optional<Error> failed_;
  bool finished_ = false;
  std::optional<JournalTruncation> truncated_;

  int file_index_ = -1;
  std::vector<std::byte> file_;
  std::size_t file_position_ = 0;
  std::optional<JournalFileCipher> cipher_;
  std::vector<std::byte> record_;
  std::size_t record_position_ = 0;
};

}  // namespace frostgate::storage
