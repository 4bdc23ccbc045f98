// How journal files are laid out and sealed; shared by writer and reader. storage/FORMAT.md says it byte by byte.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/secret.h"

namespace frostgate::storage {

inline constexpr std::size_t kJournalHeaderBytes = 64;
inline constexpr std::size_t kJournalSaltBytes = 32;
inline constexpr std::size_t kJournalLengthBytes = 4 + 16;      // sealed
inline constexpr std::size_t kJournalEntryHeadBytes = 1 + 8 + 4;  // kind, time, size
// Of a record's entries; more than a payload of any size and a second of others before it.
inline constexpr std::size_t kMaxJournalRecord = std::size_t{512} << 20;
inline constexpr std::size_t kMaxJournalFile = kMaxJournalRecord + (std::size_t{64} << 20);

// The last entry of a file has one of these as its kind, and no payload.
enum class JournalMark : std::uint8_t { file_ends = 0xF0, journal_ends = 0xF1 };

using JournalHeader = std::array<std::byte, kJournalHeaderBytes>;

JournalHeader make_journal_header(std::string_view recording, int index,
                                  std::span<const std::byte, kJournalSaltBytes> salt);
// Checks all but the salt.
Result<void> check_journal_header(std::span<const std::byte> header, std::string_view recording, int index);

// Seals and opens the records of one file, in order: each call takes the next sequence number.
class JournalFileCipher {
 public:
  JournalFileCipher(const Secret& journal_key, std::string_view recording, int index, const JournalHeader& header);

  // Appends length and body, sealed.
  void seal_record(std::span<const std::byte> entries, std::vector<std::byte>& out);
  Result<std::uint32_t> open_length(std::span<const std::byte> sealed);
  Result<std::vector<std::byte>> open_body(std::span<const std::byte> sealed);

  std::uint64_t records() const { return sequence_; }
  // The next record to be opened. Never for sealing.
  void skip_to(std::uint64_t record) { sequence_ = record; }

 private:
  JournalHeader header_;
  Secret key_;
  std::uint64_t sequence_ = 0;
};

}  // namespace frostgate::storage
