#include "redaction/lines/window_edge.h"

#include <algorithm>
#include <cstdint>

#include "redaction/lines/byte_loops.h"
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

// Columns that have one colour, which is not the line's background, along the line and half its height beyond: letters end with the line.
std::vector<int> borders_of(FrameView frame, const LineBox& line) {
  const int reach = line.box.height / 2, middle = line.box.y + line.box.height / 2;
  const int top = std::max(0, line.box.y - reach), bottom = std::min(frame.size.height, line.box.bottom() + reach);
  const auto width = static_cast<std::size_t>(line.box.width);
  std::vector<std::uint8_t> flags(width), maybe(width, 1);
  // Three rows rule out nearly all columns.
  for (const int y : {top, middle, bottom - 1}) {
    flag_far(frame.at(line.box.x, y), line.background, kSameBackground, flags.data(), width);
    for (std::size_t x = 0; x < width; ++x) maybe[x] &= flags[x];
  }
  std::vector<int> borders;
  for (auto found = std::ranges::find(maybe, 1); found != maybe.end(); found = std::find(found + 1, maybe.end(), 1)) {
    const int x = line.box.x + static_cast<int>(found - maybe.begin());
    const Colour colour = colour_of(frame.at(x, middle));
    int y = top;
    while (y < bottom && distance(colour_of(frame.at(x, y)), colour) <= kSameBackground) ++y;
    if (y == bottom) borders.push_back(x);
  }
  return borders;
}

// What is farthest from the background among columns that are no border.
Colour ink_of(FrameView frame, const LineBox& line, const std::vector<int>& borders) {
  Colour ink = line.background;
  int farthest = 0;
  for (int x = line.box.x; x < line.box.right(); ++x) {
    if (std::ranges::binary_search(borders, x)) continue;
    for (int y = line.box.y; y < line.box.bottom(); ++y) {
      const Colour colour = colour_of(frame.at(x, y));
      const int far = distance(colour, line.background);
      if (far > farthest) farthest = far, ink = colour;
    }
  }
  return ink;
}

// How much of a row is not the line's background, in per cent.
int filled(FrameView frame, const LineBox& line, int y) {
  const std::uint8_t* row = frame.at(line.box.x, y);
  return count_ink(row, row, line.background, kSameBackground, static_cast<std::size_t>(line.box.width)).ink * 100 / line.box.width;
}

}  // namespace

std::vector<LineBox> split_at_border(FrameView frame, const LineBox& line) {
  const Rect& box = line.box;
  std::vector<int> borders = borders_of(frame, line);
  if (borders.empty()) return {line};
  const Colour ink = ink_of(frame, line, borders);
  std::erase_if(borders, [&](int x) { return distance(colour_of(frame.at(x, box.y)), ink) <= kSameBackground; });
  borders.push_back(box.right());
  std::vector<LineBox> parts;
  int left = box.x;
  for (const int x : borders) {
    if (x > left) parts.push_back({Rect::between(left, box.y, x, box.bottom()), line.background, line.ink, line.steady});
    left = x + 1;
  }
  return parts;
}

bool torn_along(FrameView frame, const LineBox& line) {
  constexpr int kWindowPercent = 90, kCutPercent = 15;
  const Rect& box = line.box;
  if (box.width < 3 * box.height) return false;
  for (const bool above : {true, false}) {
    const auto row = [&](int depth) { return above ? box.y - depth : box.bottom() - 1 + depth; };
    const auto window = [&](int depth) { return filled(frame, line, row(depth)) >= kWindowPercent; };
    if (row(kFewestRows) < 0 || row(kFewestRows) >= frame.size.height || !window(1) || !window(2) || !window(kFewestRows)) continue;
    if (filled(frame, line, row(0)) >= kCutPercent) return true;
  }
  return false;
}

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
