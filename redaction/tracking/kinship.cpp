#include "redaction/tracking/kinship.h"

#include <algorithm>
#include <vector>

#include "redaction/tracking/line_text.h"

namespace frostgate::redaction {
namespace {

constexpr int kFewKinPixels = 6;
constexpr int kFewKinRows = 3;

}  // namespace

std::optional<Kinship> related(const Change& change, const LiveLine& before, const LiveLine& after) {
  const Rect a = moved(before.line.box, change.by);
  const Rect& b = after.line.box;
  const int rows = std::min(a.bottom(), b.bottom()) - std::max(a.y, b.y);
  // Of a line that is drawn from above, only a few rows may be there yet.
  if (!a.intersects(b) || rows < std::min({a.height, b.height, kFewKinRows})) return std::nullopt;
  const bool one_ground = same_ground(before.line, after.line);
  const InkCount old = remaining_ink(change, before.line.box, before.line);
  if (one_ground && mostly_same(old)) return Kinship{};
  const Point back = opposite(change.by);
  if (one_ground && mostly_same(remaining_ink({change.after, change.before, back}, b, after.line))) return Kinship{};
  const std::u32string was = characters_of(before).text, is = characters_of(after).text;
  const std::size_t shorter = std::min(was.size(), is.size());
  // Nearly all of it: two rows of a log often share their middle.
  if (shorter >= kSharedCharacters && longest_shared_run(was, is).length * 20 >= shorter * 17) return Kinship{};
  if (!one_ground || old.same < kFewKinPixels || old.same * 10 < old.ink) return std::nullopt;
  const Rect both = moved(a.intersected(b), back);
  if (rows_remain(change, both, before.line)) return Kinship{};
  if (const auto columns = remaining_columns(change, both, before.line)) return Kinship{false, columns->moved(change.by.x)};
  return std::nullopt;
}

std::optional<Point> way_alone(const Change& change, const LiveLine& before, const LiveLine& after) {
  const Characters was = characters_of(before), is = characters_of(after);
  const SharedRun run = longest_shared_run(was.text, is.text);
  if (run.length < kSharedCharacters) return std::nullopt;
  const Rect& a = was.boxes[run.end_a - 1];
  const Rect& b = is.boxes[run.end_b - 1];
  const Rect& old_box = before.line.box;
  const Rect& box = after.line.box;
  const int ink = remaining_ink({change.before, change.before}, old_box, before.line).ink;  // on the screen or moved off it
  // A reader's boxes are right within a pixel or two.
  std::optional<Point> best;
  int most = 0;
  bool alike = run.length * 20 >= std::max(was.text.size(), is.text.size()) * 17;
  std::vector<int> down{box.y - old_box.y};
  if (box.height != old_box.height) down.push_back(box.bottom() - old_box.bottom());
  for (const int off : {0, -1, 1, -2, 2}) {
    for (const int dy : down) {
      if (most == ink) break;  // nothing fits better
      const Point by{b.x - a.x + off, dy};
      const int same = remaining_ink({change.before, change.after, by}, old_box, before.line).same;
      if (same <= most) continue;
      most = same;
      best = by;
      alike = alike || mostly_same({ink, same});
    }
  }
  return alike ? best : std::nullopt;
}

}  // namespace frostgate::redaction
