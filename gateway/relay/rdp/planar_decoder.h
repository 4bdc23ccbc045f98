// Planar bitmaps of a target (MS-RDPEGDI 2.2.2.5.1), as far as they are exact: colours as red, green and blue, with run lengths or plain. libfreerdp's own
// decoder takes several times as long, into a picture of its own that is then copied.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "codec/base/frame.h"

namespace frostgate::relay::rdp {

class PlanarDecoder {
 public:
  struct Screen {
    std::uint8_t* pixels;  // BGRX
    Size size;
    std::ptrdiff_t stride;  // bytes from row to row
  };
  enum class Rows { from_bottom, from_top };  // bitmap updates, the graphics pipeline
  // Paints the picture of `size` that `bytes` code: its upper left corner where that of `visible` is, and no more of it than that. False, and nothing painted: it is coded in
  // another way, or wrongly.
  bool decode(std::span<const std::uint8_t> bytes, Size size, const Rect& visible, const Screen& screen, Rows rows = Rows::from_bottom);

 private:
  bool decode_plane(std::span<const std::uint8_t>& rest, std::uint8_t* plane, Size size);

  std::vector<std::uint8_t> planes_;
  std::vector<std::uint32_t> row_;  // of pixels
};

}  // namespace frostgate::relay::rdp
