// Where a screen has edges: the first look at a band of pixels.
#pragma once

#include <vector>

#include "codec/base/frame.h"
#include "codec/base/geometry.h"
#include "redaction/lines/bit_rows.h"

namespace frostgate::redaction {

// A pixel is ink where a channel jumps by more than 18 against the pixel to the left or above; away from such edges
// jumps of more than 2 count, so that faint type on a plain ground is ink too. Long straight runs (borders, underlines)
// and the sides of boxes are left out. Rectangles are the screen's; the bits start at the band's corner.
class InkMap {
 public:
  InkMap(FrameView frame, const Rect& band);

  const Rect& band() const { return band_; }
  const BitRows& bits() const { return ink_; }
  Rect on_band(const Rect& rect) const { return {rect.x - band_.x, rect.y - band_.y, rect.width, rect.height}; }
  Rect on_screen(const Rect& rect) const { return {rect.x + band_.x, rect.y + band_.y, rect.width, rect.height}; }

  // Tight around the ink inside `rect`.
  Rect tight(const Rect& rect) const;
  // Boxes around ink that hangs together when gaps of up to 12 pixels in a row are closed.
  std::vector<Rect> components() const;

  // Forgets the ink inside `rect`.
  void clear(const Rect& rect) { ink_.clear(on_band(rect)); }

 private:
  Rect band_;
  BitRows ink_;
};

}  // namespace frostgate::redaction
