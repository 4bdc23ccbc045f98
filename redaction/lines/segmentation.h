// Finds the lines of text on a screen, on any colours, without reading them. Pure.
#pragma once

#include <vector>

#include "codec/base/frame.h"
#include "codec/base/geometry.h"
#include "redaction/lines/colour.h"

namespace frostgate::redaction {

// A run of ink on one background colour, one row high; `box` is tight around the ink.
struct LineBox {
  Rect box;
  Colour background = 0;

  friend bool operator==(const LineBox&, const LineBox&) = default;
};

// Ink higher than this is a picture, not text.
inline constexpr int kMaxLineHeight = 160;
// Fewer rows of ink than this are dots and rules, or the first rows of a line that is being drawn: found, never read.
inline constexpr int kMinLineHeight = 4;

// Everything in `band` that could be a line, sorted by y, then x. Ink that the band's edge cuts is found in part.
// About 10 ns a pixel.
std::vector<LineBox> find_lines(FrameView frame, const Rect& band);

}  // namespace frostgate::redaction
