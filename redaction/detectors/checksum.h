// The check sums that some vendors put into their tokens.
#pragma once

#include <cstdint>
#include <string_view>

namespace frostgate::redaction {

// CRC-32 (IEEE 802.3).
std::uint32_t crc32(std::string_view text);

// ghp_, npm_ and their like: 30 characters, and their CRC-32 as six digits to the base of 62 (0-9 A-Z a-z).
bool has_base62_checksum(std::string_view body);

}  // namespace frostgate::redaction
