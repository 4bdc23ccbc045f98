#include "redaction/mask_box.h"

#include <algorithm>
#include <optional>

#include "redaction/cover.h"

namespace frostgate::redaction {
namespace {

bool inked(FrameView frame, const LineBox& line, int x, int y) {
  return distance(colour_of(frame.at(x, y)), line.background) > kInkDistance;
}

bool blank(FrameView frame, const LineBox& line, int x) {
  for (int y = line.box.y; y < line.box.bottom(); ++y) {
    if (inked(frame, line, x, y)) return false;
  }
  return true;
}

int middle(const Rect& box) { return box.x + box.width / 2; }

// The right edge of the ink that may be seen in front of the secret, as the pixels have it: the engine's boxes wander
// by a pixel or two with what follows.
int public_end(FrameView frame, const LineBox& line, const TextLine& text, std::size_t first) {
  const auto& characters = text.characters;
  std::size_t last = std::min(first, characters.size());
  while (last > 0 && characters[last - 1].code == U' ') --last;
  if (last == 0) return line.box.x;
  if (last == characters.size()) return line.box.right();
  const int limit = first < characters.size() ? middle(characters[first].box) : line.box.right();
  for (int x = middle(characters[last - 1].box); x < limit; ++x) {
    if (blank(frame, line, x)) return x;
  }
  return std::min(characters[last - 1].box.right(), limit);
}

// The first column after the secret that has no ink.
int secret_end(FrameView frame, const LineBox& line, const TextLine& text, std::size_t end) {
  if (end >= text.characters.size()) return line.box.right();
  if (end == 0) return line.box.x;
  for (int x = text.characters[end - 1].box.right(); x < line.box.right(); ++x) {
    if (blank(frame, line, x)) return x;
  }
  return line.box.right();
}

// Rows of ink left of `end`; nothing where that is too little to tell the height of the type.
std::optional<std::pair<int, int>> public_rows(FrameView frame, const LineBox& line, int end) {
  int top = line.box.bottom(), bottom = line.box.y;
  for (int y = line.box.y; y < line.box.bottom(); ++y) {
    for (int x = line.box.x; x < end; ++x) {
      if (!inked(frame, line, x, y)) continue;
      top = std::min(top, y);
      bottom = y + 1;
      break;
    }
  }
  if ((bottom - top) * 10 < line.box.height * 6 || end - line.box.x < line.box.height) return std::nullopt;
  return std::pair{top, bottom};
}

// The column where the background ends for good: a border or another window. Text and a block cursor are lower than the
// rows looked at.
int panel_end(FrameView frame, const LineBox& line) {
  const int reach = line.box.height / 2 + 2;
  const int top = std::max(0, line.box.y - reach), bottom = std::min(frame.size.height, line.box.bottom() + reach);
  for (int x = line.box.right(); x < frame.size.width; ++x) {
    int other = 0;
    for (int y = top; y < bottom; ++y) other += distance(colour_of(frame.at(x, y)), line.background) > kInkDistance / 3;
    if (other * 10 >= (bottom - top) * 9) return x;
  }
  return frame.size.width;
}

}  // namespace

Rect mask_box(FrameView frame, const LineBox& line, const TextLine& text, const Finding& finding) {
  const int left = public_end(frame, line, text, finding.first);
  const auto rows = public_rows(frame, line, left).value_or(std::pair{line.box.y, line.box.bottom()});
  CoverSpot spot;
  spot.top = std::min(rows.first, line.box.y) - 1;
  spot.bottom = std::max(rows.second + (rows.second - rows.first) / 4, line.box.bottom()) + 1;
  spot.left = left;
  spot.right = std::max(left, secret_end(frame, line, text, finding.end)) + 1;
  spot.panel_end = panel_end(frame, line);
  spot.to_panel_end = finding.to_line_end;
  return snapped(spot);
}

}  // namespace frostgate::redaction
