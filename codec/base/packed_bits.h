// Bits of what loops over bytes have found, which compilers make vectors of.
#pragma once

#include <cstdint>
#include <cstring>

namespace frostgate {

// Of eight bytes, each 0 or 1: the first is the lowest bit.
inline std::uint64_t packed_bits(const std::uint8_t* flags) {
  static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
  std::uint64_t eight;
  std::memcpy(&eight, flags, sizeof eight);
  return eight * 0x0102040810204080 >> 56;
}

}  // namespace frostgate
