#include "redaction/typing/echo.h"

#include <algorithm>
#include <string_view>

#include "redaction/detectors/fold.h"

namespace frostgate::redaction {
namespace {

constexpr std::size_t kShortestEcho = 3;

// Fewer errors than the search for known secrets allows: of what is short, anything is like something on the screen.
std::size_t allowed_errors(std::size_t length) { return length < 6 ? 0 : length < 10 ? 1 : length / 4; }

struct Match {
  std::size_t first = 0;
  std::size_t end = 0;
};

// Sellers' approximate search for the first `length` characters of `what`: the last place where it stands.
std::optional<Match> last_match(std::string_view what, std::string_view text) {
  struct Cell {
    std::size_t errors = 0;
    std::size_t start = 0;
  };
  std::vector<Cell> column(what.size() + 1);
  for (std::size_t i = 0; i < column.size(); ++i) column[i] = {i, 0};
  std::optional<Match> found;
  for (std::size_t at = 0; at < text.size(); ++at) {
    Cell diagonal = column[0];
    column[0] = {0, at + 1};
    diagonal.start = at;
    for (std::size_t i = 1; i < column.size(); ++i) {
      const Cell left = column[i];
      Cell best{diagonal.errors + (what[i - 1] == text[at] ? 0 : 1), diagonal.start};
      if (left.errors + 1 < best.errors) best = {left.errors + 1, left.start};
      if (column[i - 1].errors + 1 < best.errors) best = {column[i - 1].errors + 1, column[i - 1].start};
      column[i] = best;
      diagonal = left;
    }
    if (column.back().errors <= allowed_errors(what.size())) found = Match{column.back().start, at + 1};
  }
  return found;
}

bool label_rule(const LiveMask& mask) { return mask.rule.starts_with("label."); }

bool open_label(const LiveLine& line) {
  const TextLine text = line.text();
  return std::any_of(line.masks.begin(), line.masks.end(), [&](const LiveMask& mask) {
    // A text cursor in the field may be read as a character.
    return label_rule(mask) && std::count_if(text.characters.begin(), text.characters.end(), [&](const Character& c) {
                                 return c.code != U' ' && mask.box.intersects(c.box);
                               }) <= 1;
  });
}

// Characters of a line as they are compared, with where they stand.
struct Folded {
  std::string text;
  std::vector<Rect> boxes;
};

Folded folded_from(const LiveLine& line, int from_column) {
  Folded out;
  for (const Character& character : line.text().characters) {
    if (character.code == U' ' || character.box.x + character.box.width / 2 < from_column) continue;
    out.text.push_back(fold(plain(character.code)));
    out.boxes.push_back(character.box);
  }
  return out;
}

bool same_row(const Rect& a, const Rect& b) {
  const int rows = std::min(a.bottom(), b.bottom()) - std::max(a.y, b.y);
  return a.x < b.right() && b.x < a.right() && rows * 2 > std::min(a.height, b.height);
}

// What `line` shows that was not there before.
Folded new_part(const LiveLine& line, const LinesBefore& before) {
  const Folded all = folded_from(line, line.line.box.x);
  int from = line.line.box.x;
  for (const LinesBefore::Line& old : before.lines) {
    if (old.folded == all.text) return {};  // unchanged, or scrolled
    if (same_row(old.box, line.line.box)) from = std::max(from, old.text_end);
  }
  return from == line.line.box.x ? all : folded_from(line, from);
}

std::string folded(const SecretVector<char32_t>& typed) {
  std::string out;
  out.reserve(typed.size());
  for (const char32_t character : typed) {
    if (character != U' ') out.push_back(fold(plain(character)));
  }
  return out;
}

}  // namespace

LinesBefore LinesBefore::of(const std::vector<LiveLine>& lines) {
  LinesBefore out;
  SessionTime newest = SessionTime::min();
  for (const LiveLine& line : lines) {
    if (line.remnant) continue;
    const bool open = open_label(line);
    out.label_is_open = out.label_is_open || open;
    // They come from top to bottom.
    if (line.since >= newest && line.reading->kind == LineKind::read) {
      newest = line.since;
      out.label_is_newest = open;
    }
    const Folded text = folded_from(line, line.line.box.x);
    if (!text.text.empty()) out.lines.push_back({line.line.box, text.text, text.boxes.back().right()});
  }
  return out;
}

std::optional<Echo> find_echo(const SecretVector<char32_t>& typed, const LiveLine& line, const LinesBefore& before) {
  if (line.reading->kind != LineKind::read) return std::nullopt;
  const Folded shown = new_part(line, before);
  std::string what = folded(typed);
  std::optional<Match> match;
  // The screen may be behind the keys.
  const std::size_t shortest = std::max(kShortestEcho, (what.size() * 6 + 9) / 10);
  for (std::size_t length = what.size(); length >= shortest && !match; --length) {
    match = last_match(std::string_view(what).substr(0, length), shown.text);
  }
  wipe_memory(what.data(), what.size());
  if (!match || match->first >= match->end) return std::nullopt;
  Echo echo;
  echo.labelled = std::any_of(line.masks.begin(), line.masks.end(), [&](const LiveMask& mask) {
    return label_rule(mask) && std::all_of(shown.boxes.begin() + static_cast<std::ptrdiff_t>(match->first),
                                           shown.boxes.begin() + static_cast<std::ptrdiff_t>(match->end), [&](const Rect& box) {
                                             const int middle = box.x + box.width / 2;
                                             return mask.box.x <= middle && middle < mask.box.right();
                                           });
  });
  return echo;
}

}  // namespace frostgate::redaction
