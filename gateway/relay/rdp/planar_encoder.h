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
  void encode_plane(FrameView picture, Rows rows, int shift);
  void encode_line(std::span<const std::uint8_t> line);
  void put_raw(const std::uint8_t* values, std::size_t count, std::size_t run);
  void write_raw_planes(FrameView picture, Rows rows);

  std::vector<std::uint8_t> encoded_;
  std::vector<std::uint8_t> line_, no_difference_;
  std::vector<bool> repeats_;  // of each row, whether it is the one before it
};

}  // namespace frostgate::relay::rdp
