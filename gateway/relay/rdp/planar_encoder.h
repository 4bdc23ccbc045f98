// Planar bitmaps (MS-RDPEGDI 2.2.2.5.1), exact: three colour planes, each row as differences to the row before it, run lengths.
// libfreerdp's own compressor gives the same bytes' worth at several times the cost, and knows rows from the bottom only.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "codec/base/frame.h"

namespace frostgate::relay::rdp {

class PlanarEncoder {
 public:
  // Which row comes first: the graphics pipeline wants the top one, bitmap updates the bottom one.
  enum class Rows { from_top, from_bottom };

  // The result is valid until the next call.
  std::span<const std::uint8_t> encode(FrameView picture, Rows rows);

 private:
  void take_differences(FrameView picture, Rows rows);
  std::uint8_t* put_line(const std::uint8_t* line, std::size_t width, std::uint8_t* out);
  std::span<const std::uint8_t> raw_planes(FrameView picture, Rows rows);

  std::vector<std::uint8_t> encoded_;
  std::vector<std::uint8_t> row_;     // differences to the row above, of pixels
  std::vector<std::uint8_t> planes_;  // and of red, green and blue; lines have kBefore bytes of zero before them
  std::vector<std::uint8_t> repeats_;  // of each row, whether it is the one before it
  std::vector<std::uint64_t> alike_;  // of each value of a line, whether it is the one before it
};

}  // namespace frostgate::relay::rdp
