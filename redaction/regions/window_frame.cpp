#include "redaction/regions/window_frame.h"

#include <algorithm>
#include <vector>

#include "redaction/lines/colour.h"

namespace frostgate::redaction {
namespace {

constexpr int kEdge = 6;            // a jump of this much between neighbours
constexpr int kBorder = 60;         // a window's side is at least this long
constexpr int kHole = 2;            // rows of a side that may look like what is beside them
constexpr int kMostlyPercent = 90;  // of a title's width that the edge above or below it spans

bool edge_beside(FrameView frame, int x, int y) {
  return x > 0 && distance(colour_of(frame.at(x, y)), colour_of(frame.at(x - 1, y))) >= kEdge;
}

bool edge_above(FrameView frame, int x, int y) {
  return y > 0 && distance(colour_of(frame.at(x, y)), colour_of(frame.at(x, y - 1))) >= kEdge;
}

struct Side {
  int top = 0;
  int bottom = 0;
};

// The straight edge at column x through row y, if it is as long as a window's.
Side side_at(FrameView frame, int x, int y) {
  Side side{y, y + 1};
  for (int hole = 0; side.top > 0 && hole <= kHole;) {
    hole = edge_beside(frame, x, side.top - 1) ? 0 : hole + 1;
    --side.top;
  }
  while (side.top < y && !edge_beside(frame, x, side.top)) ++side.top;
  for (int hole = 0; side.bottom < frame.size.height && hole <= kHole; ++side.bottom) {
    hole = edge_beside(frame, x, side.bottom) ? 0 : hole + 1;
  }
  while (side.bottom > y + 1 && !edge_beside(frame, x, side.bottom - 1)) --side.bottom;
  return side;
}

bool spans(FrameView frame, int y, const Rect& columns) {
  int edges = 0;
  for (int x = columns.x; x < columns.right(); ++x) edges += edge_above(frame, x, y);
  return edges * 100 >= columns.width * kMostlyPercent;
}

}  // namespace

Rect window_around(FrameView frame, const Rect& wanted) {
  const Rect inside = wanted.intersected(Rect::of(frame.size));
  if (inside.empty()) return {};
  const int y = inside.y + inside.height / 2;
  Rect window = Rect::of(frame.size);
  int bottom = 0;
  const auto is_side = [&](int x) {
    if (!edge_beside(frame, x, y)) return false;
    const Side side = side_at(frame, x, y);
    if (side.bottom - side.top < kBorder || side.top > inside.y || side.bottom < inside.bottom()) return false;
    bottom = std::max(bottom, side.bottom);
    return true;
  };
  int left = inside.x;
  while (left > 0 && !is_side(left)) --left;
  int right = inside.right();
  while (right < frame.size.width && !is_side(right)) ++right;
  int top = inside.y;
  while (top > 0 && !spans(frame, top, inside)) --top;
  if (bottom == 0) bottom = frame.size.height;
  window = Rect::between(left, top, right, bottom);
  // Borders of a pixel or two, and a shadow line.
  return window.expanded(3, 3).intersected(Rect::of(frame.size));
}

}  // namespace frostgate::redaction
