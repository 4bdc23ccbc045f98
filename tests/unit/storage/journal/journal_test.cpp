#include <catch2/catch.hpp>

#include "storage/crypto/random.h"
#include "storage/journal/journal_reader.h"
#include "storage/journal/journal_writer.h"
#include "tests/unit/storage/journal/one_journal.h"
#include "tests/unit/storage/key_of.h"
#include "tests/unit/storage/memory_file_system.h"
#include "tests/unit/storage/temporary_directory.h"

using namespace frostgate;
using namespace frostgate::storage;

namespace {

std::vector<std::byte> payload(int number, std::size_t size) {
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(number * 31 + static_cast<int>(i) * 7);
  return bytes;
}

JournalLimits small_files() { return {.span = std::chrono::seconds(60), .bytes = 600}; }

// Twelve entries, a flush after every second one, over several files.
Result<int> write_journal(FileSystem& files, bool finish = true, JournalLimits limits = small_files()) {
  JournalWriter writer = TRY(JournalWriter::create(files, kDirectory, kRecording, key_of(1), limits));
  int flushed = 0;
  for (int i = 0; i < 12; ++i) {
    const auto kind = i % 3 == 0 ? JournalEntryKind::event : JournalEntryKind::state;
    TRY(writer.append(kind, Microseconds(i * 1000), payload(i, 40 + static_cast<std::size_t>(i))));
    if (i % 2 == 1) TRY(writer.flush());
    if (i % 2 == 1) flushed = i + 1;
  }
  if (finish) TRY(writer.finish());
  return flushed;
}

struct Read {
  std::vector<JournalEntry> entries;
  std::optional<Error> error;
  bool clean = false;
  std::optional<JournalTruncation> truncated;
};

Read read_journal(JournalSource& source, const Secret& key, const std::string& recording = kRecording) {
  Read read;
  Result<JournalReader> reader = JournalReader::open(source, recording, key);
  if (!reader) {
    read.error = reader.error();
    return read;
  }
  while (true) {
    Result<std::optional<JournalEntry>> entry = reader->next();
    if (!entry) {
      read.error = entry.error();
      break;
    }
    if (!*entry) break;
    read.entries.push_back(std::move(**entry));
  }
  read.clean = reader->finished_cleanly();
  read.truncated = reader->truncated();
  return read;
}

Read read_journal(FileSystem& files) {
  DirectoryJournalSource source(files, kDirectory);
  return read_journal(source, key_of(1));
}

// Entries 0 to n - 1 as written, in order, for some n.
bool is_prefix(const std::vector<JournalEntry>& entries) {
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const int number = static_cast<int>(i);
    if (entries[i].at != Microseconds(number * 1000) || entries[i].payload != payload(number, 40 + i)) return false;
    if ((entries[i].kind == JournalEntryKind::event) != (number % 3 == 0)) return false;
  }
  return true;
}

int count_files(FileSystem& files) { return static_cast<int>(files.list(kDirectory).value().size()); }

}  // namespace

TEST_CASE("a journal over several files reads back in order and says that it ended properly") {
  TemporaryDirectory directory;
  const auto path = directory.path() / "journal";
  JournalWriter writer = JournalWriter::create(real_file_system(), path, kRecording, key_of(1), small_files()).value();
  for (int i = 0; i < 12; ++i) {
    const auto kind = i % 3 == 0 ? JournalEntryKind::event : JournalEntryKind::state;
    writer.append(kind, Microseconds(i * 1000), payload(i, 40 + static_cast<std::size_t>(i))).value();
    writer.flush().value();
  }
  writer.finish().value();
  CHECK(writer.files_begun() > 1);
  CHECK_FALSE(writer.append(JournalEntryKind::state, {}, {}));
  DirectoryJournalSource source(real_file_system(), path);
  const Read read = read_journal(source, key_of(1));
  CHECK(read.entries.size() == 12);
  CHECK(is_prefix(read.entries));
  CHECK(read.clean);
  std::uint64_t bytes = 0;
  const std::vector<std::string> names = real_file_system().list(path).value();
  for (const auto& name : names) {
    const FileStatus status = real_file_system().status(path / name).value();
    CHECK(status.size <= 600);
    CHECK(status.permissions == 0600);
    bytes += status.size;
  }
  CHECK(bytes == writer.bytes_written());
}

TEST_CASE("a journal's file is closed when its session time is over, and a large flush gets a file of its own") {
  MemoryFileSystem files;
  JournalWriter writer = JournalWriter::create(files, kDirectory, kRecording, key_of(1)).value();
  for (const int second : {0, 30, 60, 61, 90, 121, 122}) {
    writer.append(JournalEntryKind::state, std::chrono::seconds(second), payload(second, 10)).value();
    writer.flush().value();
  }
  CHECK(writer.files_begun() == 3);
  writer.append(JournalEntryKind::state, std::chrono::seconds(123), payload(1, 20 << 20)).value();
  writer.flush().value();
  CHECK(writer.files_begun() == 4);
  writer.append(JournalEntryKind::state, std::chrono::seconds(124), payload(1, 10)).value();
  writer.finish().value();
  CHECK(writer.files_begun() == 5);
  const Read read = read_journal(files);
  CHECK(read.entries.size() == 9);
  CHECK(read.clean);
}

TEST_CASE("a journal is never begun where there is one") {
  MemoryFileSystem files;
  write_journal(files).value();
  CHECK(write_journal(files).error().kind == ErrorKind::exists);
  CHECK(read_journal(files).clean);
}

TEST_CASE("an abandoned journal opens up to its last flush") {
  MemoryFileSystem files;
  JournalWriter writer = JournalWriter::create(files, kDirectory, kRecording, key_of(1)).value();
  writer.append(JournalEntryKind::event, Microseconds(0), payload(0, 40)).value();
  writer.flush().value();
  writer.append(JournalEntryKind::state, Microseconds(1000), payload(1, 41)).value();
  const Read read = read_journal(files);
  CHECK(read.entries.size() == 1);
  CHECK_FALSE(read.error);
  CHECK_FALSE(read.clean);
  REQUIRE(read.truncated);
  CHECK(read.truncated->record == 1);
  CHECK(read.truncated->lost_bytes == 0);
}

TEST_CASE("whichever write fails, the journal opens with all that was flushed before") {
  MemoryFileSystem counting;
  write_journal(counting).value();
  const int operations = counting.operations();
  CHECK(operations > 20);
  for (const bool dead : {false, true}) {
    for (const bool power_cut : {false, true}) {
      for (int n = 0; n < operations; ++n) {
        INFO("operation " << n << (dead ? ", dead" : "") << (power_cut ? ", power cut" : ""));
        MemoryFileSystem files;
        files.fail_at(n, dead);
        int flushed = 0;
        bool finished = false;
        {
          Result<JournalWriter> writer =
              JournalWriter::create(files, kDirectory, kRecording, key_of(1), small_files());
          for (int i = 0; writer && i < 12; ++i) {
            const auto kind = i % 3 == 0 ? JournalEntryKind::event : JournalEntryKind::state;
            if (!writer->append(kind, Microseconds(i * 1000), payload(i, 40 + static_cast<std::size_t>(i)))) break;
            if (i % 2 == 0) continue;
            if (!writer->flush()) {
              // No second chance: nonces would be used again.
              CHECK_FALSE(writer->append(JournalEntryKind::state, {}, {}));
              CHECK_FALSE(writer->flush());
              CHECK_FALSE(writer->finish());
              break;
            }
            flushed = i + 1;
          }
          if (writer) finished = writer->finish().has_value();
        }
        CHECK_FALSE(finished);
        files.repair();
        if (power_cut) files.lose_power();
        const Read read = read_journal(files);
        if (flushed == 0 && read.error) {
          CHECK(read.error->kind == ErrorKind::not_found);
          continue;
        }
        CHECK_FALSE(read.error);
        CHECK(read.entries.size() >= static_cast<std::size_t>(flushed));
        CHECK(is_prefix(read.entries));
      }
    }
  }
}

TEST_CASE("losing power after any flush loses nothing that was flushed") {
  MemoryFileSystem files;
  JournalWriter writer = JournalWriter::create(files, kDirectory, kRecording, key_of(1), small_files()).value();
  for (int i = 0; i < 12; ++i) {
    const auto kind = i % 3 == 0 ? JournalEntryKind::event : JournalEntryKind::state;
    writer.append(kind, Microseconds(i * 1000), payload(i, 40 + static_cast<std::size_t>(i))).value();
    writer.flush().value();
    MemoryFileSystem after = files;
    after.lose_power();
    const Read read = read_journal(after);
    CHECK(read.entries.size() == static_cast<std::size_t>(i) + 1);
    CHECK(is_prefix(read.entries));
    CHECK_FALSE(read.error);
  }
}

TEST_CASE("a journal cut at any byte opens up to the last whole record") {
  MemoryFileSystem files;
  write_journal(files).value();
  const int last = count_files(files) - 1;
  REQUIRE(last >= 2);
  for (int index = last; index >= 0; --index) {
    const auto path = kDirectory / journal_file_name(index);
    std::vector<std::byte>& bytes = files.contents(path);
    while (!bytes.empty()) {
      bytes.pop_back();
      INFO("file " << index << " cut to " << bytes.size());
      const Read read = read_journal(files);
      REQUIRE_FALSE(read.error);
      REQUIRE_FALSE(read.clean);
      REQUIRE(read.truncated);
      REQUIRE(read.truncated->file == index);
      REQUIRE(is_prefix(read.entries));
    }
    files.remove(path).value();
    const Read read = read_journal(files);
    if (index > 0) {
      CHECK(read.truncated);
      CHECK(read.truncated->file == index);
    } else {
      CHECK(read.error->kind == ErrorKind::not_found);
    }
  }
}
