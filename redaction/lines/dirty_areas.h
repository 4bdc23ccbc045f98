// Where lines have to be looked for again after a change. Pure.
#pragma once

#include <vector>

#include "codec/base/frame.h"
#include "codec/base/geometry.h"
#include "redaction/lines/ink.h"
#include "redaction/lines/segmentation.h"

namespace frostgate::redaction {

// Disjoint rectangles around the damage, grown until none of the `known` boxes is cut by an edge, nor close enough to one
// that new ink could join it.
std::vector<Rect> dirty_areas(const std::vector<Rect>& damage, Size screen, const std::vector<Rect>& known);

// The lines that touch an area, as a look at the whole screen would find them, and the ink they were found in.
struct FreshLook {
  Rect area;  // grown where a line went on beyond it
  InkMap ink;
  std::vector<LineBox> lines;
};
FreshLook look_again(FrameView frame, const Rect& area);

}  // namespace frostgate::redaction
