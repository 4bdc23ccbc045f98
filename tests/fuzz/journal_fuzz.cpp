// The journal's reader: the input as a file as it lies on disk, and as what a writer with the right key has sealed in one record. However
// it is, reading ends, and ends the same way when it is tried again.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "storage/journal/format.h"
#include "storage/journal/journal_reader.h"
#include "tests/fuzz/one_file_journal.h"

namespace {

using namespace frostgate;
using namespace frostgate::storage;

constexpr const char* kRecording = "r1";

// How many entries it has; each takes at least its head.
std::size_t read_all(std::vector<std::byte> bytes, const Secret& key, JournalGrowth growth) {
  const std::size_t size = bytes.size();
  OneFile source(std::move(bytes));
  auto reader = JournalReader::open(source, kRecording, key, growth);
  if (!reader) return 0;
  std::size_t count = 0;
  while (true) {
    const auto entry = reader.value().next();
    if (!entry && reader.value().next().has_value()) std::abort();
    if (!entry || !entry.value()) return count;
    if (++count * kJournalEntryHeadBytes > size) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Secret key(std::vector<std::byte>(32, std::byte{9}));
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(data[i]);
  (void)read_all(bytes, key, JournalGrowth::ended);
  const std::array<std::byte, kJournalSaltBytes> salt{};
  const JournalHeader header = make_journal_header(kRecording, 0, salt);
  std::vector<std::byte> file(kJournalHeaderBytes + size);
  std::copy(header.begin(), header.end(), file.begin());
  std::copy(bytes.begin(), bytes.end(), file.begin() + kJournalHeaderBytes);
  (void)read_all(file, key, JournalGrowth::ended);
  if (bytes.empty()) return 0;
  file.resize(kJournalHeaderBytes);
  JournalFileCipher(key, kRecording, 0, header).seal_record(bytes, file);
  if (read_all(file, key, JournalGrowth::ended) < read_all(file, key, JournalGrowth::growing)) std::abort();
  return 0;
}
