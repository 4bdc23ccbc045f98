#include "redaction/tracking/line_text.h"

namespace frostgate::redaction {
namespace {

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

}  // namespace

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

}  // namespace frostgate::redaction
