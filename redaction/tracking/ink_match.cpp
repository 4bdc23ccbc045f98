#include "redaction/tracking/ink_match.h"

#include "redaction/lines/colour.h"

namespace frostgate::redaction {
namespace {

constexpr int kRowsAtOnce = 3;

}  // namespace

InkCount remaining_ink(const Change& change, const Rect& box, const LineBox& line) {
  InkCount sum;
  const Rect there = moved(box.intersected(Rect::of(change.before.size)), change.by).intersected(Rect::of(change.after.size));
  const Rect area = moved(there, opposite(change.by));
  for (int y = area.y; y < area.bottom(); ++y) {
    const InkCount row = count_ink(change.before.at(area.x, y), change.after.at(there.x, y + change.by.y), line.background, line.ink,
                                   static_cast<std::size_t>(area.width));
    sum.ink += row.ink;
    sum.same += row.same;
  }
  return sum;
}

bool mostly_same(const InkCount& count) { return count.ink > 0 && count.same * 10 >= count.ink * 7; }

bool same_ground(const LineBox& a, const LineBox& b) { return distance(a.background, b.background) <= kInkDistance; }

bool rows_remain(const Change& change, const Rect& box, const LineBox& line) {
  int rows = 0;
  for (int y = box.y; y < box.bottom() && rows < kRowsAtOnce; ++y) {
    const InkCount count = remaining_ink(change, {box.x, y, box.width, 1}, line);
    if (count.ink > 0) rows = count.same == count.ink ? rows + 1 : 0;
  }
  return rows >= kRowsAtOnce;
}

std::optional<Columns> remaining_columns(const Change& change, const Rect& box, const LineBox& line) {
  std::optional<Columns> found;
  int columns = 0, first = box.x;
  for (int x = box.x; x < box.right(); ++x) {
    const InkCount count = remaining_ink(change, {x, box.y, 1, box.height}, line);
    if (count.ink == 0) continue;
    if (count.same < count.ink) {
      columns = 0;
      continue;
    }
    if (columns++ == 0) first = x;
    if (columns < box.height) continue;
    if (!found) found = Columns{first, x + 1};
    found->right = x + 1;
  }
  return found;
}

}  // namespace frostgate::redaction
