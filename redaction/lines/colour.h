// Colours as one word, 0x00RRGGBB; the X byte of a pixel is never looked at.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "codec/base/frame.h"

namespace frostgate::redaction {

using Colour = std::uint32_t;

inline Colour colour_of(const std::uint8_t* pixel) {
  Colour value;
  std::memcpy(&value, pixel, sizeof value);
  return value & 0x00FFFFFF;
}

// The largest difference of a channel.
inline int distance(Colour a, Colour b) {
  int largest = 0;
  for (int shift = 0; shift < 24; shift += 8) {
    const int d = std::abs(static_cast<int>((a >> shift) & 255) - static_cast<int>((b >> shift) & 255));
    if (d > largest) largest = d;
  }
  return largest;
}

// From here on a pixel counts as ink on its background.
inline constexpr int kInkDistance = 24;

}  // namespace frostgate::redaction
