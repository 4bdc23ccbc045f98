// Numbers as RDP's channels carry them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace frostgate::relay::rdp {

// Of `size` bytes (at most four) that are there.
inline std::uint32_t number(std::span<const std::byte> bytes, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value |= std::to_integer<std::uint32_t>(bytes[at + i]) << (8 * i);
  return value;
}

inline void append(std::vector<std::byte>& out, std::uint32_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) out.push_back(static_cast<std::byte>(value >> (8 * i) & 0xFF));
}

inline void overwrite(std::span<std::byte> bytes, std::size_t at, std::uint32_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) bytes[at + i] = static_cast<std::byte>(value >> (8 * i) & 0xFF);
}

}  // namespace frostgate::relay::rdp
