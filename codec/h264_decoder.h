// H.264 of somebody else, picture by picture as it comes. Hostile bytes: bounded by the size that is expected. One thread at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "codec/base/geometry.h"
#include "codec/base/result.h"

namespace frostgate::codec {

class H264Decoder {
 public:
  // 4:2:0: luma, then both colour differences at half the width and height. Valid until the next call.
  struct Planes {
    Size size;
    std::array<const std::uint8_t*, 3> data;
    std::array<int, 3> stride;  // bytes
  };

  // Pictures of this size, whose coded ones may be padded to whole macroblocks and some. Errors: unsupported (no decoder here), no_space.
  static Result<std::unique_ptr<H264Decoder>> open(Size size);
  virtual ~H264Decoder() = default;

  // One picture as Annex B (ITU-T H.264, B.1); nothing: it shows none. Error `corrupt`: no H.264, larger than expected, or not 4:2:0 of eight bits.
  virtual Result<std::optional<Planes>> decode(std::span<const std::byte> bytes) = 0;
};

}  // namespace frostgate::codec
