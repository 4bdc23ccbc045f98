// Where a screen has edges: the first look at a band of pixels.
#pragma once

#include <cstdint>
#include <vector>

#include "codec/base/frame.h"
#include "codec/base/geometry.h"

namespace frostgate::redaction {

// One byte a pixel, 1 where a channel jumps against the pixel to the left or above. Long straight runs (borders,
// underlines of fields) are left out. Coordinates are the screen's.
class InkMap {
 public:
  InkMap(FrameView frame, const Rect& band);

  const Rect& band() const { return band_; }
  const std::uint8_t* row(int y) const {
    return ink_.data() + static_cast<std::size_t>(y - band_.y) * band_.width;
  }

  // Boxes around ink that hangs together when gaps of up to 12 pixels in a row are closed.
  std::vector<Rect> components() const;

 private:
  void find_edges(FrameView frame);
  void remove_long_runs();
  void clear_columns(int x, int first, int last);

  Rect band_;
  std::vector<std::uint8_t> ink_;
};

}  // namespace frostgate::redaction
