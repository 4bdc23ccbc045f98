// What a journal holds: entries on the session's clock. Their payloads are opaque to storage.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "codec/base/time.h"

namespace frostgate::storage {

// A journal has two streams, each a series of files under a key of its own: what the screen showed (states and events), and
// in the sub-folder kKeystrokeFolder what was typed and copied (keystrokes, copied texts and secrets only).
// A secret is the password of the target that the user gave on a screen of the gateway's.
enum class JournalEntryKind : std::uint8_t { state = 1, event = 2, keystroke = 3, copied = 4, secret = 5 };
inline constexpr const char* kKeystrokeFolder = "keystrokes";

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
