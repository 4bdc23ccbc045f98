#include <catch2/catch.hpp>

#include "storage/journal/journal_reader.h"
#include "storage/journal/journal_writer.h"

#include "tests/unit/storage/key_of.h"
#include "tests/unit/storage/memory_file_system.h"

using namespace frostgate;
using namespace frostgate::storage;

namespace {

const FileSystem::Path kTampered = "/j";

// One file per pair of records; record sizes are all alike.
void write_journal(FileSystem& files, const FileSystem::Path& directory, const std::string& recording, int key) {
  JournalWriter writer =
      JournalWriter::create(files, directory, recording, key_of(key), {.span = std::chrono::seconds(60), .bytes = 320})
          .value();
  for (int i = 0; i < 6; ++i) {
    writer.append(JournalEntryKind::state, Microseconds(i), std::vector<std::byte>(10, std::byte(i))).value();
    writer.flush().value();
  }
  writer.finish().value();
}

struct Outcome {
  std::size_t entries = 0;
  std::optional<Error> error;
  bool clean = false;
  bool truncated = false;
};

Outcome outcome_of(FileSystem& files, int key = 1, const std::string& recording = "rec") {
  DirectoryJournalSource source(files, kTampered);
  Outcome outcome;
  Result<JournalReader> reader = JournalReader::open(source, recording, key_of(key));
  if (!reader) {
    outcome.error = reader.error();
    return outcome;
  }
  while (true) {
    Result<std::optional<JournalEntry>> entry = reader->next();
    if (!entry) {
      outcome.error = entry.error();
      CHECK(reader->next().error().message == entry.error().message);
      break;
    }
    if (!*entry) break;
    CHECK((*entry)->at == Microseconds(outcome.entries));
    ++outcome.entries;
  }
  outcome.clean = reader->finished_cleanly();
  outcome.truncated = reader->truncated().has_value();
  return outcome;
}

constexpr std::size_t kRecord = 20 + 13 + 10 + 16;

}  // namespace

TEST_CASE("every changed byte of a journal is noticed, and the entries before it are still given") {
  MemoryFileSystem files;
  write_journal(files, kTampered, "rec", 1);
  const std::size_t count = files.list(kTampered).value().size();
  REQUIRE(count >= 2);
  std::size_t before = 0;
  for (std::size_t index = 0; index < count; ++index) {
    std::vector<std::byte>& bytes = files.contents(kTampered / journal_file_name(static_cast<int>(index)));
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      for (const std::byte flip : {std::byte{1}, std::byte{0x80}}) {
        INFO("file " << index << " byte " << i);
        bytes[i] ^= flip;
        const Outcome outcome = outcome_of(files);
        bytes[i] ^= flip;
        REQUIRE(outcome.error);
        REQUIRE(outcome.error->kind == ErrorKind::corrupt);
        REQUIRE(outcome.error->message.find("file " + std::to_string(index)) != std::string::npos);
        const std::size_t whole = i < 64 ? 0 : (i - 64) / kRecord;
        REQUIRE(outcome.entries == std::min<std::size_t>(before + whole, 6));
        REQUIRE_FALSE(outcome.clean);
      }
    }
    before += (bytes.size() - 64) / kRecord;
  }
  CHECK(outcome_of(files).clean);
}

TEST_CASE("the records and files of a journal cannot change places, be replayed, added to or dropped in the middle") {
  MemoryFileSystem files;
  write_journal(files, kTampered, "rec", 1);
  const auto first = kTampered / journal_file_name(0);
  const auto second = kTampered / journal_file_name(1);
  std::vector<std::byte>& bytes = files.contents(first);
  const auto original = bytes;
  const auto record = [&](std::size_t n) { return bytes.begin() + static_cast<std::ptrdiff_t>(64 + n * kRecord); };

  SECTION("records swapped") { std::swap_ranges(record(0), record(1), record(1)); }
  SECTION("a record repeated") { std::copy(record(0), record(1), record(1)); }
  SECTION("a record dropped") { bytes.erase(record(0), record(1)); }
  SECTION("bytes after the end of the file") { bytes.push_back(std::byte{0}); }
  SECTION("files swapped") { std::swap(bytes, files.contents(second)); }
  SECTION("a file repeated") { files.contents(second) = bytes; }
  SECTION("a file cut short before others") { bytes.resize(bytes.size() - 1); }
  SECTION("a file emptied before others") { bytes.clear(); }
  SECTION("a file dropped before others") { files.remove(second).value(); }
  SECTION("a file of the same journal written anew") {
    write_journal(files, "/other", "rec", 1);
    const std::vector<std::byte> other = files.contents("/other/000000.fgj");
    bytes.resize(64 + kRecord);
    bytes.insert(bytes.end(), other.begin() + 64 + kRecord, other.end());
  }
  SECTION("a file of another recording under the same key") {
    write_journal(files, "/other", "rec2", 1);
    bytes = files.contents("/other/000000.fgj");
  }
  SECTION("a file after the end of the journal") {
    const auto count = static_cast<int>(files.list(kTampered).value().size());
    files.create(kTampered / journal_file_name(count)).value()->append(original).value();
  }
  const Outcome outcome = outcome_of(files);
  REQUIRE(outcome.error);
  CHECK(outcome.error->kind == ErrorKind::corrupt);
  CHECK_FALSE(outcome.clean);
}

TEST_CASE("a journal does not open under another key or another recording's name") {
  MemoryFileSystem files;
  write_journal(files, kTampered, "rec", 1);
  CHECK(outcome_of(files, 2).error->kind == ErrorKind::corrupt);
  CHECK(outcome_of(files, 1, "rec2").error->kind == ErrorKind::corrupt);
  CHECK(outcome_of(files, 2).entries == 0);
  DirectoryJournalSource source(files, kTampered);
  CHECK(JournalReader::open(source, "rec", Secret(16)).error().kind == ErrorKind::invalid);
}

TEST_CASE("zeros that a power cut left at the end of a journal are a cut, not a change") {
  MemoryFileSystem files;
  write_journal(files, kTampered, "rec", 1);
  const int last = static_cast<int>(files.list(kTampered).value().size()) - 1;
  std::vector<std::byte>& bytes = files.contents(kTampered / journal_file_name(last));
  bytes.resize(64);
  bytes.resize(4096);
  const Outcome outcome = outcome_of(files);
  CHECK_FALSE(outcome.error);
  CHECK(outcome.truncated);
  CHECK_FALSE(outcome.clean);
}
