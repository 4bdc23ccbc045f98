#include "redaction/lines/window_edge.h"

#include <algorithm>

#include "redaction/lines/ground.h"

namespace frostgate::redaction {
namespace {

constexpr int kFewestRows = 3;  // of a window: an underline is lower
constexpr int kLowest = 8;

struct Bar {
  int left = 0;
  int right = 0;
};

// The longest run of pixels of a row that are not the line's background.
Bar longest_run(FrameView frame, const LineBox& line, int y) {
  Bar best;
  int left = line.box.x;
  for (int x = line.box.x; x <= line.box.right(); ++x) {
    if (x < line.box.right() && distance(colour_of(frame.at(x, y)), line.background) > kSameBackground) continue;
    if (x - left > best.right - best.left) best = {left, x};
    left = x + 1;
  }
  return best;
}

// Whether nine tenths of a run have the colour of its middle. Letters that touch make a run too, but of as many colours as their sides have.
bool one_colour(FrameView frame, const Bar& bar, int y) {
  const Colour middle = colour_of(frame.at(bar.left + (bar.right - bar.left) / 2, y));
  int same = 0;
  for (int x = bar.left; x < bar.right; ++x) same += distance(colour_of(frame.at(x, y)), middle) <= kSameBackground;
  return same * 10 >= (bar.right - bar.left) * 9;
}

}  // namespace

std::vector<LineBox> split_at_window(FrameView frame, const LineBox& line) {
  const Rect& box = line.box;
  const int widest_letter = 3 * box.height;  // of letters that touch
  if (box.height < kLowest || box.width < widest_letter) return {line};
  for (const bool above : {true, false}) {
    const auto row = [&](int depth) { return above ? box.y + depth : box.bottom() - 1 - depth; };
    Bar edge;
    int rows = 0, deepest = 0;
    for (int depth = 0; depth * 3 < box.height * 2; ++depth) {
      const Bar bar = longest_run(frame, line, row(depth));
      const bool window = bar.right - bar.left >= widest_letter;
      if (depth == 0 && !window) break;
      if (window && one_colour(frame, bar, row(depth))) edge = bar, deepest = depth, ++rows;
    }
    if (rows < kFewestRows) continue;
    const int from = above ? row(deepest) + 1 : box.y, to = above ? box.bottom() : row(deepest);
    std::vector<LineBox> parts;
    for (const Rect& part : {Rect::between(box.x, box.y, edge.left, box.bottom()), Rect::between(edge.left, from, edge.right, to), Rect::between(edge.right, box.y, box.right(), box.bottom())}) {
      if (!part.empty()) parts.push_back({part, line.background, line.ink, line.steady});
    }
    return parts;
  }
  return {line};
}

}  // namespace frostgate::redaction
