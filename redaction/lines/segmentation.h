// Finds the lines of text on a screen, on any colours, without reading them. Pure.
#pragma once

#include <vector>

#include "codec/base/frame.h"
#include "codec/base/geometry.h"
#include "redaction/lines/colour.h"
#include "redaction/lines/ink.h"

namespace frostgate::redaction {

// A run of ink on one background colour, one row high; `box` is tight around the ink.
struct LineBox {
  Rect box;
  Colour background = 0;
  int ink = kInkDistance;  // a pixel farther than this from the background is ink; less for faint type
  bool steady = true;      // or its end is where a background that changes slowly had become another one

  friend bool operator==(const LineBox&, const LineBox&) = default;
};

// Ink higher than this is a picture, not text.
inline constexpr int kMaxLineHeight = 160;

// Everything in `band` that could be a line, sorted by y, then x. Ink that the band's edge cuts is found in part.
// About 4 ns a pixel of dense text.
std::vector<LineBox> find_lines(FrameView frame, const Rect& band);
// The same, in a band whose ink is known.
std::vector<LineBox> find_lines(FrameView frame, const InkMap& ink);

}  // namespace frostgate::redaction
