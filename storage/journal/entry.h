// What a journal holds: entries on the session's clock. Their payloads are opaque to storage.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "codec/base/time.h"

namespace frostgate::storage {

enum class JournalEntryKind : std::uint8_t { state = 1, event = 2 };

struct JournalEntry {
  JournalEntryKind kind = JournalEntryKind::state;
  SessionTime at{};
  std::vector<std::byte> payload;
};

// A whole uncompressed surface of the largest size, and room for its coding.
inline constexpr std::size_t kMaxJournalPayload = std::size_t{320} << 20;

// "000000.fgj", "000001.fgj", ...
std::string journal_file_name(int index);

}  // namespace frostgate::storage
