// How much ink of one picture stands in another, in the same colours. Pure.
#pragma once

#include <optional>

#include "codec/base/frame.h"
#include "redaction/lines/byte_loops.h"
#include "redaction/lines/segmentation.h"

namespace frostgate::redaction {

// Two pictures. What stands at a point of `before` is looked for `by` away from it in `after`.
struct Change {
  FrameView before;
  FrameView after;
  Point by{};
};

inline Rect moved(const Rect& box, Point by) { return {box.x + by.x, box.y + by.y, box.width, box.height}; }
inline Point opposite(Point by) { return {-by.x, -by.y}; }

// Columns of the screen, from `left` to before `right`; all of them when nothing else is said.
struct Columns {
  int left = -(1 << 24);
  int right = 1 << 24;

  bool meet(const Rect& box) const { return box.x < right && left < box.right(); }
  Columns moved(int by) const { return {left + by, right + by}; }
};

// Of the ink that `line` is made of: what `before` has in `box`, and how much of it `after` has.
InkCount remaining_ink(const Change& change, const Rect& box, const LineBox& line);

bool mostly_same(const InkCount& count);

// Whether the paper of both is one colour. Ink on other paper may be what is paper here.
bool same_ground(const LineBox& a, const LineBox& b);

// Several rows in succession that are all there: other text in the same cells shares many pixels, but hardly a row of all of
// it.
bool rows_remain(const Change& change, const Rect& box, const LineBox& line);

// From the first column of a stretch as wide as the box is high that is all there to the last of such a stretch.
std::optional<Columns> remaining_columns(const Change& change, const Rect& box, const LineBox& line);

}  // namespace frostgate::redaction
