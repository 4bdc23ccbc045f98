#include "redaction/tracking/kinship.h"

#include <algorithm>
#include <vector>

#include "redaction/lines/byte_loops.h"

namespace frostgate::redaction {
namespace {

constexpr std::size_t kSharedCharacters = 4;
constexpr int kFewPixels = 6;
constexpr int kRowsAtOnce = 3;

// Counts ink of `view` in `box`, on the ground that `line` stands on, and how much of it has the same colour in `other`,
// moved `by`.
InkCount ink_in(FrameView view, FrameView other, const Rect& box, Point by, const LineBox& line) {
  InkCount sum;
  const Rect there = moved(box.intersected(Rect::of(view.size)), by).intersected(Rect::of(other.size));
  const Rect area = moved(there, {-by.x, -by.y});
  for (int y = area.y; y < area.bottom(); ++y) {
    const InkCount row = count_ink(view.at(area.x, y), other.at(there.x, y + by.y), line.background, line.ink, static_cast<std::size_t>(area.width));
    sum.ink += row.ink;
    sum.same += row.same;
  }
  return sum;
}

InkCount remaining_ink(const Change& change, const Rect& box, const LineBox& line) {
  return ink_in(change.before, change.after, box, change.by, line);
}

bool mostly_same(const InkCount& count) { return count.ink > 0 && count.same * 10 >= count.ink * 7; }

// Other text in the same cells shares many pixels, but hardly a row of all of it, nor three characters side by side.
bool rows_remain(const Change& change, const Rect& box, const LineBox& line) {
  int rows = 0;
  for (int y = box.y; y < box.bottom() && rows < kRowsAtOnce; ++y) {
    const InkCount count = remaining_ink(change, {box.x, y, box.width, 1}, line);
    if (count.ink > 0) rows = count.same == count.ink ? rows + 1 : 0;
  }
  return rows >= kRowsAtOnce;
}

// From the first column of a stretch as wide as the line is high that is all there to the last of such a stretch.
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

// Characters that OCR takes for each other fold to one.
char32_t folded(char32_t code) {
  if (code >= U'A' && code <= U'Z') code += U'a' - U'A';
  switch (code) {
    case U'0': return U'o';
    case U'1': case U'i': case U'|': case U'!': return U'l';
    case U'5': return U's';
    case U'8': return U'b';
    default: return code;
  }
}

// With where each character stands, on the screen.
struct Characters {
  std::u32string text;
  std::vector<Rect> boxes;
};

Characters characters_of(const LiveLine& line) {
  Characters out;
  for (const Character& character : line.reading->characters) {
    if (character.code == U' ') continue;
    out.text.push_back(folded(character.code));
    out.boxes.push_back(moved(character.box, {line.line.box.x, line.line.box.y}));
  }
  return out;
}

std::u32string text_in(const LiveLine& line, const Rect& box) {
  const Characters all = characters_of(line);
  std::u32string text;
  for (std::size_t i = 0; i < all.text.size(); ++i) {
    const int middle = all.boxes[i].x + all.boxes[i].width / 2;
    if (middle >= box.x && middle < box.right()) text.push_back(all.text[i]);
  }
  return text;
}

// Where the longest run ends that both have, and how long it is.
struct SharedRun {
  std::size_t length = 0;
  std::size_t end_a = 0;
  std::size_t end_b = 0;
};

SharedRun longest_shared_run(const std::u32string& a, const std::u32string& b) {
  std::vector<std::size_t> row(b.size() + 1, 0);
  SharedRun longest;
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = b.size(); j > 0; --j) {
      row[j] = a[i] == b[j - 1] ? row[j - 1] + 1 : 0;
      if (row[j] > longest.length) longest = {row[j], i + 1, j};
    }
  }
  return longest;
}

}  // namespace

std::u32string kin_text(const LiveLine& line) { return characters_of(line).text; }

std::optional<Kinship> related(const Change& change, const LiveLine& before, const LiveLine& after) {
  const Rect a = moved(before.line.box, change.by);
  const Rect& b = after.line.box;
  const int rows = std::min(a.bottom(), b.bottom()) - std::max(a.y, b.y);
  // Of a line that is drawn from above, only a few rows may be there yet.
  if (!a.intersects(b) || rows < std::min({a.height, b.height, kRowsAtOnce})) return std::nullopt;
  const InkCount old = remaining_ink(change, before.line.box, before.line);
  if (mostly_same(old)) return Kinship{};
  const Point back{-change.by.x, -change.by.y};
  if (mostly_same(ink_in(change.after, change.before, b, back, after.line))) return Kinship{};
  const std::u32string was = kin_text(before), is = kin_text(after);
  const std::size_t shorter = std::min(was.size(), is.size());
  // Nearly all of it: two rows of a log often share their middle.
  if (shorter >= kSharedCharacters && longest_shared_run(was, is).length * 20 >= shorter * 17) return Kinship{};
  if (old.same < kFewPixels || old.same * 10 < old.ink) return std::nullopt;
  const Rect both = moved(a.intersected(b), back);
  if (rows_remain(change, both, before.line)) return Kinship{};
  if (const auto columns = remaining_columns(change, both, before.line)) return Kinship{false, columns->moved(change.by.x)};
  return std::nullopt;
}

bool ink_remains(const Change& change, const LiveLine& line, const Rect& box) {
  const Rect area = box.intersected(line.line.box);
  const InkCount count = remaining_ink(change, area, line.line);
  if (count.same < kFewPixels) return false;
  return mostly_same(count) || rows_remain(change, area, line.line) || remaining_columns(change, area, line.line).has_value();
}

bool residue(const Change& change, const Rect& box, const LiveLine& after) {
  const Rect area = moved(box, change.by).intersected(after.line.box);
  const InkCount count = ink_in(change.after, change.before, area, {-change.by.x, -change.by.y}, after.line);
  return count.same >= kFewPixels && mostly_same(count);
}

bool text_remains(const Change& change, const LiveLine& before, const Rect& box, const LiveLine& after) {
  const std::u32string hidden = text_in(before, box);
  const std::u32string inside = text_in(after, moved(box, change.by));
  if (inside.size() >= kSharedCharacters - 1 && hidden.find(inside) != std::u32string::npos) return true;
  return longest_shared_run(hidden, inside).length >= kSharedCharacters;
}

std::optional<Point> way_by_text(const Change& change, const LiveLine& before, const LiveLine& after) {
  const Characters was = characters_of(before), is = characters_of(after);
  const SharedRun run = longest_shared_run(was.text, is.text);
  if (run.length < kSharedCharacters) return std::nullopt;
  const Rect& a = was.boxes[run.end_a - 1];
  const Rect& b = is.boxes[run.end_b - 1];
  const Rect& old_box = before.line.box;
  const Rect& box = after.line.box;
  // A reader's boxes are right within a pixel or two.
  std::optional<Point> best;
  int most = 0;
  for (const int dy : {box.y - old_box.y, box.bottom() - old_box.bottom()}) {
    for (int dx = b.x - a.x - 2; dx <= b.x - a.x + 2; ++dx) {
      const InkCount count = ink_in(change.before, change.after, old_box, {dx, dy}, before.line);
      if (count.same > most) {
        most = count.same;
        best = Point{dx, dy};
      }
    }
  }
  return best;
}

}  // namespace frostgate::redaction
