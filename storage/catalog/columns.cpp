#include "storage/catalog/columns.h"

#include <algorithm>
#include <cstdint>

namespace frostgate::catalog {
namespace {

constexpr std::size_t kMaxNameLength = 64, kMaxGroupLength = 256;

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// The length of the UTF-8 character that the text begins with (RFC 3629), or 0 when it begins with none or with NUL.
std::size_t character_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = at(0);
  if (lead == 0) return 0;
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xc0) != 0x80) return 0;
  }
  // Overlong forms, surrogates, and what lies beyond U+10FFFF.
  if (lead == 0xe0 && at(1) < 0xa0) return 0;
  if (lead == 0xed && at(1) > 0x9f) return 0;
  if (lead == 0xf0 && at(1) < 0x90) return 0;
  if (lead == 0xf4 && at(1) > 0x8f) return 0;
  return length;
}

}  // namespace

long long to_column(UtcTime time) { return time.time_since_epoch().count(); }
long long to_column(const std::optional<UtcTime>& time) { return time ? to_column(*time) : 0; }
UtcTime time_from_column(long long value) { return UtcTime(Microseconds(value)); }

std::optional<UtcTime> optional_time_from_column(long long value) {
  if (value == 0) return std::nullopt;
  return time_from_column(value);
}

std::string hex(std::span<const std::byte> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::byte byte : bytes) {
    text += kDigits[std::to_integer<std::size_t>(byte >> 4)];
    text += kDigits[std::to_integer<std::size_t>(byte & std::byte{0xf})];
  }
  return text;
}

Result<std::vector<std::byte>> bytes_from_hex(std::string_view text) {
  const Error corrupt{ErrorKind::corrupt, "the catalog has a column that should be hexadecimal and is not"};
  if (text.size() % 2 != 0) return corrupt;
  std::vector<std::byte> bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_digit(text[i]);
    const int low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return corrupt;
    bytes.push_back(static_cast<std::byte>(high * 16 + low));
  }
  return bytes;
}

Result<void> check_name(const char* what, std::string_view name) {
  const bool good = !name.empty() && name.size() <= kMaxNameLength && name[0] != '.' && name[0] != '-' &&
                    std::all_of(name.begin(), name.end(), [](char c) {
                      return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-';
                    });
  if (good) return {};
  return Error{ErrorKind::invalid, std::string(what) + " has 1 to 64 letters, digits, '.', '_' or '-', and begins with a letter, digit or '_'"};
}

Result<void> check_group_name(std::string_view name) {
  TRY(check_text("a group's name", name));
  const bool good = !name.empty() && name.size() <= kMaxGroupLength && std::none_of(name.begin(), name.end(), [](unsigned char c) { return c < 32 || c == 127; });
  if (good) return {};
  return Error{ErrorKind::invalid, "a group's name has 1 to 256 bytes, and no control characters"};
}

Result<void> check_text(const char* what, std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    if (length == 0) return Error{ErrorKind::invalid, std::string(what) + " must be UTF-8 text without NUL"};
    text.remove_prefix(length);
  }
  return {};
}

Result<void> check_sha256(const char* what, std::string_view digest) {
  const bool good = digest.size() == 64 && std::all_of(digest.begin(), digest.end(), [](char c) { return hex_digit(c) >= 0; });
  if (digest.empty() || good) return {};
  return Error{ErrorKind::invalid, std::string(what) + " is a SHA-256 digest of 64 lower-case hex digits"};
}

std::string readable(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    if (length == 0) result += "\xef\xbf\xbd";
    else result += text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return result;
}

}  // namespace frostgate::catalog
