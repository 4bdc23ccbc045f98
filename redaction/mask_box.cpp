#include "redaction/mask_box.h"

#include <algorithm>
#include <vector>

#include "redaction/cover.h"

namespace frostgate::redaction {
namespace {

bool inked(FrameView frame, const LineBox& line, int x, int y) {
  return distance(colour_of(frame.at(x, y)), line.background) > line.ink;
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

struct TypeRows {
  int top = 0;
  int baseline = 0;
  int bottom = 0;
};

// The rows of the ink in columns [from, end), and the last of them that holds much of it: the letters' feet.
TypeRows type_rows(FrameView frame, const LineBox& line, int from, int end) {
  TypeRows rows{line.box.bottom(), line.box.y, line.box.y};
  std::vector<int> profile;
  for (int y = line.box.y; y < line.box.bottom(); ++y) {
    int count = 0;
    for (int x = from; x < end; ++x) count += inked(frame, line, x, y);
    profile.push_back(count);
    if (count == 0) continue;
    rows.top = std::min(rows.top, y);
    rows.bottom = y + 1;
  }
  const int much = std::max(1, *std::max_element(profile.begin(), profile.end()) * 3 / 10);
  for (std::size_t i = 0; i < profile.size(); ++i) {
    if (profile[i] >= much) rows.baseline = line.box.y + static_cast<int>(i) + 1;
  }
  return rows;
}

// Enough ink in front of the secret to tell the height of the type from it alone.
bool tells_height(const LineBox& line, const TypeRows& rows, int end) {
  return (rows.bottom - rows.top) * 10 >= line.box.height * 6 && end - line.box.x >= line.box.height;
}

// Whether the background has ended in this column. Text and a block cursor are lower than the rows looked at.
bool outside_panel(FrameView frame, const LineBox& line, int x) {
  const int reach = line.box.height / 2 + 2;
  const int top = std::max(0, line.box.y - reach), bottom = std::min(frame.size.height, line.box.bottom() + reach);
  int other = 0;
  for (int y = top; y < bottom; ++y) other += distance(colour_of(frame.at(x, y)), line.background) > kInkDistance / 3;
  return other * 10 >= (bottom - top) * 9;
}

int panel_start(FrameView frame, const LineBox& line) {
  int x = line.box.x;
  while (x > 0 && !outside_panel(frame, line, x - 1)) --x;
  return x;
}

}  // namespace

int panel_end(FrameView frame, const LineBox& line) {
  int x = line.box.right();
  while (x < frame.size.width && !outside_panel(frame, line, x)) ++x;
  return x;
}

Rect mask_box(FrameView frame, const LineBox& line, const TextLine& text, const Finding& finding) {
  int left = public_end(frame, line, text, finding.first);
  TypeRows rows = type_rows(frame, line, line.box.x, left);
  if (!tells_height(line, rows, left)) rows = type_rows(frame, line, line.box.x, line.box.right());
  if (finding.from_column) left = std::min(left, *finding.from_column);
  CoverSpot spot;
  // The whole cell: a cursor that peeks out would tell how much is typed. It rises a fifth of a capital's height above
  // the type, and what hangs below the feet, an underline most, is not quite half as deep.
  const int height = rows.baseline - rows.top;
  spot.top = std::min(rows.top - height / 5, line.box.y - 1);
  spot.bottom = std::max(rows.baseline + height * 9 / 20, line.box.bottom() + 1);
  spot.left = left;
  spot.right = std::max(left, secret_end(frame, line, text, finding.end)) + 1;
  spot.panel_start = panel_start(frame, line);
  spot.panel_end = text.panel_end > 0 ? text.panel_end : panel_end(frame, line);
  spot.to_panel_end = finding.to_line_end;
  return snapped(spot);
}

}  // namespace frostgate::redaction
