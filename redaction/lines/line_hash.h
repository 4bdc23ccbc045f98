// A keyed 128-bit hash of a line's exact pixels (SipHash-1-3 with 128 bits of output, Aumasson and Bernstein: one for the even
// pairs of pixels, and the hash of the odd ones). Keyed, because what a line says can be guessed; kept in memory only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "codec/base/frame.h"
#include "codec/base/geometry.h"

namespace frostgate::redaction {

struct LineHash {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  friend auto operator<=>(const LineHash&, const LineHash&) = default;
};

struct LineHashBucket {
  std::size_t operator()(const LineHash& hash) const { return static_cast<std::size_t>(hash.low); }
};

// `box` lies inside the frame. Where the line stands does not matter, only its size and colours do.
LineHash hash_line(FrameView frame, const Rect& box, const std::array<std::uint64_t, 2>& key);

}  // namespace frostgate::redaction
