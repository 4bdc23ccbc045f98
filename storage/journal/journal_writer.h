// Writes a session's journal: append() is cheap and only buffers, flush() makes everything appended survive kill -9 and a
// power cut. One thread. After an error the journal is as good as its last flush, and the writer refuses everything.
// Format: storage/FORMAT.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/secret.h"
#include "codec/base/time.h"
#include "storage/file_system.h"
#include "storage/journal/entry.h"
#include "storage/journal/format.h"

namespace frostgate::storage {

// When a file is closed and the next one begun. A single flush larger than `bytes` gets a larger file for itself.
struct JournalLimits {
  SessionTime span = std::chrono::seconds(60);
  std::uint64_t bytes = 16 << 20;
};

class JournalWriter {
 public:
  // Makes the directory when it is missing; `exists` when it holds a journal. `key` is 32 bytes.
  static Result<JournalWriter> create(FileSystem& files, FileSystem::Path directory, std::string recording,
                                      const Secret& key, JournalLimits limits = {});
  // Goes on with a journal whose last writer has paused: `first_file` is the first number that no file of it has.
  static Result<JournalWriter> resume(FileSystem& files, FileSystem::Path directory, std::string recording, const Secret& key,
                                      int first_file);
  JournalWriter(JournalWriter&&) = default;
  JournalWriter& operator=(JournalWriter&&) = default;
  // Abandons: what was not flushed is gone, and the journal reads as truncated.
  ~JournalWriter() = default;

  Result<void> append(JournalEntryKind kind, SessionTime at, std::span<const std::byte> payload);
  // Seals what was appended into one record, writes and syncs it. Nothing appended: nothing done.
  Result<void> flush();
  // Flushes and marks the journal as ended properly. Nothing may be appended afterwards.
  Result<void> finish();
  // The same, but the journal may go on: another writer resumes it with the next file.
  Result<void> pause();

  // What a flush would write now; flush when it gets large.
  std::size_t buffered_bytes() const { return buffer_.size(); }
  // On disk, in all files.
  std::uint64_t bytes_written() const { return bytes_written_; }
  int files_begun() const { return file_index_ + 1; }

 private:
  JournalWriter(FileSystem& files, FileSystem::Path directory, std::string recording, const Secret& key,
                JournalLimits limits);
  Result<void> begin_file(int index);
  Result<void> write_record();
  Result<void> flush_into_file();
  Result<void> close_with(JournalMark mark);
  Result<void> remember(Result<void> outcome);
  void append_mark(JournalMark mark);
  bool next_file_is_due() const;

  FileSystem* files_;
  FileSystem::Path directory_;
  std::string recording_;
  Secret key_;
  JournalLimits limits_;

  std::optional<Error> failed_;
  bool finished_ = false;
  std::vector<std::byte> buffer_;  // entries, coded
  SessionTime buffer_from_{};      // of its first entry
  SessionTime last_{};             // the latest of all entries

  std::unique_ptr<AppendFile> file_;
  std::optional<JournalFileCipher> cipher_;
  int file_index_ = -1;
  std::uint64_t file_bytes_ = 0;
  std::optional<SessionTime> file_from_;  // of its first entry
  std::uint64_t bytes_written_ = 0;
};

}  // namespace frostgate::storage
