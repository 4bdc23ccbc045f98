#include "redaction/mark_column.h"

#include <algorithm>

namespace frostgate::redaction {
namespace {

constexpr std::size_t kMarkCharacters = 2;
constexpr int kRowSlack = 1;       // pixels that a mark may reach over its row
constexpr int kFarthestInRow = 16;  // row heights between a mark and what it stands in a row with
constexpr int kMarkFringe = 1;     // of a mark's ink, outside its box

bool is_read_text(const LiveLine& line) { return line.reading->kind == LineKind::read && !line.covered && !line.remnant && !line.loose; }

bool stands_in_row_of(const LiveLine& mark, const LiveLine& line) {
  const Rect &box = mark.line.box, &row = line.line.box;
  if (!is_read_text(line) || line.reading->characters.size() <= kMarkCharacters || line.line.background != mark.line.background) return false;
  const int apart = std::max(row.x - box.right(), box.x - row.right());
  return box.y >= row.y - kRowSlack && box.bottom() <= row.bottom() + kRowSlack && box.height * 2 >= row.height && apart >= 0 && apart <= kFarthestInRow * row.height;
}

}  // namespace

bool is_mark_column(const std::vector<LiveLine>& lines, const InkMap& ink, const Rect& type) {
  // What lies beyond the band has not been looked at.
  if (type.height <= type.width || !ink.band().contains(type)) return false;
  InkMap rest = ink;
  for (const LiveLine& mark : lines) {
    if (!mark.line.box.intersects(type)) continue;
    const bool reads = is_read_text(mark) && mark.reading->characters.size() <= kMarkCharacters && mark.line.steady;
    if (!reads || std::none_of(lines.begin(), lines.end(), [&](const LiveLine& line) { return stands_in_row_of(mark, line); })) continue;
    rest.clear(mark.line.box.expanded(kMarkFringe, kMarkFringe));
  }
  return rest.bits().count(rest.on_band(type)) == 0;
}

}  // namespace frostgate::redaction
