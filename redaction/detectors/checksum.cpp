#include "redaction/detectors/checksum.h"

#include "redaction/detectors/fold.h"

namespace frostgate::redaction {
namespace {

int base62(char c) { return is_digit(c) ? c - '0' : is_upper(c) ? c - 'A' + 10 : is_lower(c) ? c - 'a' + 36 : -1; }

}  // namespace

std::uint32_t crc32(std::string_view text) {
  std::uint32_t crc = ~0U;
  for (const char c : text) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (0xEDB88320U & (0U - (crc & 1U)));
  }
  return ~crc;
}

bool has_base62_checksum(std::string_view body) {
  if (body.size() != 36) return false;
  std::uint64_t sum = 0;
  for (const char c : body.substr(30)) {
    if (base62(c) < 0) return false;
    sum = sum * 62 + static_cast<std::uint64_t>(base62(c));
  }
  return sum == crc32(body.substr(0, 30));
}

}  // namespace frostgate::redaction
