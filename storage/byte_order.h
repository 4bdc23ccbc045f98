// Numbers as stored: big-endian, fixed width. Reading never goes past the end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace frostgate::storage {

inline std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

inline void append_text(std::vector<std::byte>& out, std::string_view text) {
  const auto bytes = bytes_of(text);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

template <class Integer>
void put_number(std::span<std::byte, sizeof(Integer)> out, Integer value) {
  for (std::size_t i = sizeof(Integer); i-- > 0; value = static_cast<Integer>(value >> 7 >> 1)) {
    out[i] = static_cast<std::byte>(value & 0xFF);
  }
}

template <class Integer>
void append_number(std::vector<std::byte>& out, Integer value) {
  out.resize(out.size() + sizeof(Integer));
  put_number<Integer>(std::span(out).template last<sizeof(Integer)>(), value);
}

// Takes a number off the front of `bytes`; nothing, and `bytes` as it was, when it is too short.
template <class Integer>
std::optional<Integer> take_number(std::span<const std::byte>& bytes) {
  if (bytes.size() < sizeof(Integer)) return std::nullopt;
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(Integer); ++i) value = value << 8 | std::to_integer<std::uint64_t>(bytes[i]);
  bytes = bytes.subspan(sizeof(Integer));
  return static_cast<Integer>(value);
}

}  // namespace frostgate::storage
