// Pixels from one place to another.
#pragma once

#include <cstring>

#include "codec/base/frame.h"

namespace frostgate::relay::rdp {

// Copies `picture`, for which there is room at that place of `to`, and which may be a part of `to` itself.
inline void paste(FrameView picture, Frame& to, Point at) {
  const auto bytes = static_cast<std::size_t>(picture.size.width) * kBytesPerPixel;
  const bool from_below = picture.pixels < to.row(at.y);  // so that what is still to be copied is not overwritten
  for (int i = 0; i < picture.size.height; ++i) {
    const int y = from_below ? picture.size.height - 1 - i : i;
    std::memmove(to.row(at.y + y) + std::ptrdiff_t{at.x} * kBytesPerPixel, picture.row(y), bytes);
  }
}

}  // namespace frostgate::relay::rdp
