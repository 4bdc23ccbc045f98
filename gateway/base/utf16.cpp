#include "gateway/base/utf16.h"

#include <array>
#include <cstdint>

namespace frostgate {
namespace {

struct Decoded {
  std::uint32_t code = 0;
  std::size_t length = 0;  // 0: no character begins here
};

Decoded decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return {};
  std::uint32_t code = first & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3Fu);
  }
  constexpr std::array<std::uint32_t, 5> kSmallest{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code < 0xE000;
  if (code < kSmallest[length] || code > 0x10FFFF || surrogate) return {};
  return {code, length};
}

void append(std::vector<std::byte>& out, std::uint32_t unit) {
  out.push_back(static_cast<std::byte>(unit & 0xFF));
  out.push_back(static_cast<std::byte>(unit >> 8));
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | (code >> shift & 0x3F)); };
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
    tail(0);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | code >> 12);
    tail(6), tail(0);
  } else {
    out += static_cast<char>(0xF0 | code >> 18);
    tail(12), tail(6), tail(0);
  }
}

}  // namespace

std::optional<std::vector<std::byte>> to_utf16(std::string_view utf8) {
  std::vector<std::byte> out;
  out.reserve(utf8.size() * 2);
  while (!utf8.empty()) {
    const Decoded next = decode(utf8);
    if (next.length == 0) return std::nullopt;
    utf8.remove_prefix(next.length);
    if (next.code < 0x10000) {
      append(out, next.code);
    } else {
      append(out, 0xD800 + ((next.code - 0x10000) >> 10));
      append(out, 0xDC00 + ((next.code - 0x10000) & 0x3FF));
    }
  }
  return out;
}

std::string from_utf16(std::span<const std::byte> text) {
  constexpr std::uint32_t kReplacement = 0xFFFD;
  const auto unit = [&](std::size_t i) {
    return std::to_integer<std::uint32_t>(text[2 * i]) | std::to_integer<std::uint32_t>(text[2 * i + 1]) << 8;
  };
  const std::size_t units = text.size() / 2;
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < units; ++i) {
    const std::uint32_t first = unit(i);
    const bool high = first >= 0xD800 && first < 0xDC00, low = first >= 0xDC00 && first < 0xE000;
    const std::uint32_t second = high && i + 1 < units ? unit(i + 1) : 0;
    if (second >= 0xDC00 && second < 0xE000) {
      append_utf8(out, 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
      ++i;
    } else {
      append_utf8(out, high || low ? kReplacement : first);
    }
  }
  return out;
}

}  // namespace frostgate
