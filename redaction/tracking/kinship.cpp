#include "redaction/tracking/kinship.h"

#include <algorithm>
#include <vector>

namespace frostgate::redaction {
namespace {

constexpr std::size_t kSharedCharacters = 4;
constexpr int kFewPixels = 6;
constexpr int kRowsAtOnce = 3;

struct InkCount {
  int ink = 0;
  int same = 0;
};

// Counts ink of `view` in `box`, and how much of it has the same colour in `other`.
InkCount count_ink(FrameView view, FrameView other, const Rect& box, Colour background) {
  InkCount count;
  const Rect area = box.intersected(Rect::of(view.size)).intersected(Rect::of(other.size));
  for (int y = area.y; y < area.bottom(); ++y) {
    for (int x = area.x; x < area.right(); ++x) {
      const Colour colour = colour_of(view.at(x, y));
      if (distance(colour, background) <= kInkDistance) continue;
      ++count.ink;
      count.same += colour == colour_of(other.at(x, y));
    }
  }
  return count;
}

// Other text in the same cells shares many pixels, but hardly a row of all of it, nor three characters side by side.
bool rows_remain(const Change& change, const Rect& box, Colour background) {
  int rows = 0;
  for (int y = box.y; y < box.bottom() && rows < kRowsAtOnce; ++y) {
    const InkCount count = count_ink(change.before, change.after, {box.x, y, box.width, 1}, background);
    if (count.ink > 0) rows = count.same == count.ink ? rows + 1 : 0;
  }
  return rows >= kRowsAtOnce;
}

bool columns_remain(const Change& change, const Rect& box, Colour background) {
  int columns = 0;
  for (int x = box.x; x < box.right() && columns < box.height; ++x) {
    const InkCount count = count_ink(change.before, change.after, {x, box.y, 1, box.height}, background);
    if (count.ink > 0) columns = count.same == count.ink ? columns + 1 : 0;
  }
  return columns >= box.height;
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

std::u32string text_in(const LiveLine& line, const Rect* box) {
  std::u32string text;
  for (const Character& character : line.reading->characters) {
    const int middle = line.line.box.x + character.box.x + character.box.width / 2;
    if (character.code == U' ' || (box && (middle < box->x || middle >= box->right()))) continue;
    text.push_back(folded(character.code));
  }
  return text;
}

std::size_t longest_shared_run(const std::u32string& a, const std::u32string& b) {
  std::vector<std::size_t> row(b.size() + 1, 0);
  std::size_t longest = 0;
  for (const char32_t code : a) {
    for (std::size_t j = b.size(); j > 0; --j) {
      row[j] = code == b[j - 1] ? row[j - 1] + 1 : 0;
      longest = std::max(longest, row[j]);
    }
  }
  return longest;
}

}  // namespace

bool related(const Change& change, const LiveLine& before, const LiveLine& after) {
  const Rect& a = before.line.box;
  const Rect& b = after.line.box;
  const int rows = std::min(a.bottom(), b.bottom()) - std::max(a.y, b.y);
  if (!a.intersects(b) || rows * 2 < std::min(a.height, b.height)) return false;
  const InkCount old = count_ink(change.before, change.after, a, before.line.background);
  if (old.same * 10 >= old.ink * 7) return true;
  const InkCount young = count_ink(change.after, change.before, b, after.line.background);
  if (young.same * 10 >= young.ink * 7) return true;
  const std::u32string was = text_in(before, nullptr), is = text_in(after, nullptr);
  const std::size_t shorter = std::min(was.size(), is.size());
  return shorter >= kSharedCharacters && longest_shared_run(was, is) * 10 >= shorter * 6;
}

bool ink_remains(const Change& change, const LiveLine& line, const Rect& box) {
  const Rect area = box.intersected(line.line.box);
  const InkCount count = count_ink(change.before, change.after, area, line.line.background);
  if (count.same < kFewPixels) return false;
  return count.same * 2 >= count.ink || rows_remain(change, area, line.line.background) ||
         columns_remain(change, area, line.line.background);
}

bool text_remains(const LiveLine& before, const Rect& box, const LiveLine& after) {
  const std::u32string hidden = text_in(before, &box);
  const std::u32string inside = text_in(after, &box);
  if (!inside.empty() && hidden.find(inside) != std::u32string::npos) return true;
  return longest_shared_run(hidden, text_in(after, nullptr)) >= kSharedCharacters;
}

}  // namespace frostgate::redaction
