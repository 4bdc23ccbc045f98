// Pictures that planar coding makes runs of.
#pragma once

#include <cstdint>
#include <cstring>
#include <random>

#include "codec/base/frame.h"

namespace frostgate::relay::rdp {

// Runs of every length, in every place, of few and of many colours.
inline Frame runs_of_colours(Size size, unsigned seed) {
  std::minstd_rand random(seed);
  Frame frame(size);
  const unsigned most = 1 + random() % 120, colours = 1 + random() % 4;
  for (int y = 0; y < size.height; ++y) {
    std::uint32_t colour = 0;
    unsigned left = 0;
    for (int x = 0; x < size.width; ++x) {
      if (left-- == 0) {
        left = random() % most;
        colour = colours == 4 ? random() : (random() % colours) * 0x3f7fff;
      }
      std::memcpy(frame.row(y) + x * 4, &colour, 4);
    }
  }
  return frame;
}

}  // namespace frostgate::relay::rdp
