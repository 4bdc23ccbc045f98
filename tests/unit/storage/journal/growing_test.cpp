#include <catch2/catch.hpp>

#include <algorithm>
#include <map>

#include "storage/journal/journal_reader.h"
#include "storage/journal/journal_writer.h"
#include "tests/unit/storage/journal/one_journal.h"
#include "tests/unit/storage/key_of.h"
#include "tests/unit/storage/memory_file_system.h"

using namespace frostgate;
using namespace frostgate::storage;

namespace {

constexpr int kEntries = 12;

// Shows only so many bytes of the journal's files, one after the other.
class PartSource final : public JournalSource {
 public:
  PartSource(MemoryFileSystem& files) {
    const std::vector<std::string> names = files.list(kDirectory).value();
    for (const std::string& name : names) contents_.push_back(files.contents(kDirectory / name));
  }
  std::size_t size() const {
    std::size_t all = 0;
    for (const auto& file : contents_) all += file.size();
    return all;
  }
  void show(std::size_t bytes) { shown_ = bytes; }
  std::size_t largest_read() const { return largest_; }

  Result<std::optional<std::vector<std::byte>>> read(int index, std::uint64_t offset, std::size_t size) override {
    std::size_t left = shown_;
    for (int i = 0; i < index && i < static_cast<int>(contents_.size()); ++i) left -= std::min(left, contents_[i].size());
    if (index >= static_cast<int>(contents_.size()) || (index > 0 && left == 0)) return std::optional<std::vector<std::byte>>();
    const std::vector<std::byte>& all = contents_[static_cast<std::size_t>(index)];
    const std::size_t end = std::min({all.size(), left, static_cast<std::size_t>(offset) + size});
    const std::size_t begin = std::min(static_cast<std::size_t>(offset), end);
    largest_ = std::max(largest_, end - begin);
    return std::optional(std::vector<std::byte>(all.begin() + static_cast<std::ptrdiff_t>(begin),
                                                all.begin() + static_cast<std::ptrdiff_t>(end)));
  }

 private:
  std::vector<std::vector<std::byte>> contents_;
  std::size_t shown_ = 0;
  std::size_t largest_ = 0;
};

void write_journal(MemoryFileSystem& files, bool finish) {
  JournalWriter writer = JournalWriter::create(files, kDirectory, kRecording, key_of(1), {.span = std::chrono::seconds(60), .bytes = 500}).value();
  for (int i = 0; i < kEntries; ++i) {
    writer.append(JournalEntryKind::state, Microseconds(i), std::vector<std::byte>(40, static_cast<std::byte>(i))).value();
    if (i % 2 == 1) writer.flush().value();
  }
  if (finish) writer.finish().value();
  CHECK(writer.files_begun() > 2);
}

int read_on(JournalReader& reader, int next) {
  while (true) {
    const Result<std::optional<JournalEntry>> entry = reader.next();
    REQUIRE(entry);
    if (!entry.value()) return next;
    REQUIRE(entry.value()->at == Microseconds(next));
    ++next;
  }
}

}  // namespace

TEST_CASE("a journal that grows by a byte at a time is read to its end, and nothing that is not there yet is damage") {
  MemoryFileSystem files;
  write_journal(files, true);
  PartSource source(files);
  JournalReader reader = JournalReader::open(source, kRecording, key_of(1), JournalGrowth::growing).value();
  int seen = 0;
  for (std::size_t shown = 0; shown <= source.size(); ++shown) {
    source.show(shown);
    const int now = read_on(reader, seen);
    CHECK(now - seen <= 2);  // a record, not more
    seen = now;
    CHECK(reader.finished_cleanly() == (shown == source.size()));
    CHECK_FALSE(reader.truncated());
  }
  CHECK(seen == kEntries);
}

TEST_CASE("a growing journal whose writer died is cut where its whole records end") {
  MemoryFileSystem files;
  write_journal(files, false);
  PartSource source(files);
  for (std::size_t shown = 0; shown <= source.size(); ++shown) {
    source.show(shown);
    JournalReader reader = JournalReader::open(source, kRecording, key_of(1), JournalGrowth::growing).value();
    const int seen = read_on(reader, 0);
    CHECK_FALSE(reader.truncated());
    reader.expect_no_more();
    CHECK(read_on(reader, seen) == seen);
    CHECK(reader.truncated());
    CHECK_FALSE(reader.finished_cleanly());
  }
}

TEST_CASE("a journal can be read again from any position") {
  MemoryFileSystem files;
  write_journal(files, true);
  PartSource source(files);
  source.show(source.size());
  JournalReader reader = JournalReader::open(source, kRecording, key_of(1)).value();
  for (int i = 0; i <= kEntries; ++i) {
    JournalReader again = JournalReader::open(source, kRecording, key_of(1), JournalGrowth::ended, reader.position()).value();
    CHECK(read_on(again, i) == kEntries);
    CHECK(again.finished_cleanly());
    REQUIRE(reader.next());
  }
}

TEST_CASE("a position that is none is refused") {
  MemoryFileSystem files;
  write_journal(files, true);
  PartSource source(files);
  source.show(source.size());
  for (const JournalPosition& position : {JournalPosition{99, 100, 0, 0}, JournalPosition{0, 3, 0, 0}, JournalPosition{0, 1 << 20, 0, 1}}) {
    CHECK_FALSE(JournalReader::open(source, kRecording, key_of(1), JournalGrowth::ended, position));
  }
}

TEST_CASE("a large journal file is read in pieces") {
  MemoryFileSystem files;
  JournalWriter writer = JournalWriter::create(files, kDirectory, kRecording, key_of(1)).value();
  for (int i = 0; i < 40; ++i) {
    writer.append(JournalEntryKind::state, Microseconds(i), std::vector<std::byte>(200'000)).value();
    writer.flush().value();
  }
  writer.finish().value();
  PartSource source(files);
  source.show(source.size());
  JournalReader reader = JournalReader::open(source, kRecording, key_of(1)).value();
  CHECK(read_on(reader, 0) == 40);
  CHECK(reader.finished_cleanly());
  CHECK(source.largest_read() <= std::size_t{1} << 20);
}
