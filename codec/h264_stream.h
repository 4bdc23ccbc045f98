// H.264 for somebody who looks on meanwhile, not for films: each picture goes out at once, at the price of size. One thread at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "codec/base/geometry.h"
#include "codec/base/result.h"

namespace frostgate::codec {

class H264Stream {
 public:
  // 4:2:0, BT.709, full range: luma, then both colour differences at half the width and height.
  struct Planes {
    std::array<std::uint8_t*, 3> data;
    std::array<int, 3> stride;  // bytes
  };

  // `size` has even sides. Errors: unsupported (no encoder here), no_space.
  static Result<std::unique_ptr<H264Stream>> open(Size size);
  virtual ~H264Stream() = default;

  // The picture that encode() takes, at first black. It keeps what it holds, so that only what changes has to be put in.
  virtual Planes picture() = 0;

  // As Annex B (ITU-T H.264, B.1), valid until the next call. The first is an IDR picture with its parameter sets; all others refer to the one before.
  virtual Result<std::span<const std::byte>> encode() = 0;
};

}  // namespace frostgate::codec
