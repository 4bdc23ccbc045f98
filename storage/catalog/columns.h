// Between our types and what stands in a column: times are BIGINT microseconds since 1970 (0: not yet), bytes are lower-case hex,
// enumerations are words. Private to this room.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/time.h"

namespace frostgate::catalog {

long long to_column(UtcTime time);
long long to_column(const std::optional<UtcTime>& time);
UtcTime time_from_column(long long value);
std::optional<UtcTime> optional_time_from_column(long long value);

std::string hex(std::span<const std::byte> bytes);
// `corrupt` when it is no hex.
Result<std::vector<std::byte>> bytes_from_hex(std::string_view text);

// `what` begins the sentence of the error: "a user's name".
Result<void> check_name(const char* what, std::string_view name);
// A group's name: of a directory's groups too, which people name with blanks and umlauts. 1 to 256 bytes, without control characters.
Result<void> check_group_name(std::string_view name);
Result<void> check_text(const char* what, std::string_view text);
// Empty or 64 lower-case hex digits.
Result<void> check_sha256(const char* what, std::string_view digest);
// The text with each byte that is not UTF-8, and each NUL, replaced by U+FFFD.
std::string readable(std::string_view text);

// The value whose to_string() is the word; `corrupt` when there is none.
template <class Enum, std::size_t N>
Result<Enum> from_word(const std::string& word, const Enum (&values)[N]) {
  for (const Enum value : values) {
    if (word == to_string(value)) return value;
  }
  return Error{ErrorKind::corrupt, "the catalog has an unknown word in a column: " + word};
}

}  // namespace frostgate::catalog
