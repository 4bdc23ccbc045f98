// The frosted glass: where a box is put and what it is filled with. A box's place, size and filling never depend on the
// pixels under it beyond the size class of what it hides. Pure.
#pragma once

#include <vector>

#include "codec/base/frame.h"
#include "codec/base/geometry.h"
#include "redaction/lines/colour.h"

namespace frostgate::redaction {

// What is to be hidden, in pixels of the screen.
struct CoverSpot {
  int top = 0;  // of the row of text
  int bottom = 0;
  int left = 0;
  int right = 0;
  int panel_start = 0;       // the box never grows past these columns
  int panel_end = 0;
  bool to_panel_end = false;
};

// x down to a grid of 16, width up to steps of 64 and at least 192; rows as they are: a grid would cut the rows next to
// it.
Rect snapped(const CoverSpot& spot);

// Rows and columns outwards to a grid of 8, for text of which nothing is known but where it is.
Rect snapped_outwards(const Rect& area);

// The most frequent colour on the ring around `box`, outside all of `boxes`; grey where nothing is left of it.
Colour ring_colour(FrameView frame, const Rect& box, const std::vector<Rect>& boxes);

// The filling of one box: the colour with smooth noise from a constant seed, by the place within the box. Only the part of
// it that lies in `clip`.
void fill(Frame& frame, const Rect& box, Colour colour, const Rect& clip);

}  // namespace frostgate::redaction
