#include "redaction/detectors/screen_text.h"

#include <algorithm>
#include <cmath>

#include "redaction/detectors/fold.h"
#include "redaction/detectors/harmless.h"

namespace frostgate::redaction {
namespace {

// Terminals wrap at their last column; proportional text may stop a little before it.
constexpr double kWrapSlack = 1.6;
constexpr double kWrapMargin = 6;  // characters between a wrapped line and the edge of its panel, a scroll bar among them
constexpr std::size_t kLongestChain = 64;
constexpr double kColumnGap = 2.2;  // characters
constexpr double kLetterGap = 0.5;  // characters: a space is wider

bool overlap_x(const Rect& a, const Rect& b) { return a.x < b.right() && b.x < a.right(); }

struct Column {
  int left = 0;
  int right = 0;
};

// The extent of the text around a line: what a wrapped line would reach and where its rest would start.
Column column_around(std::span<const TextLine> lines, std::size_t number) {
  const Rect& box = lines[number].box;
  Column column{box.x, box.right()};
  const std::int64_t reach = std::int64_t{std::max(box.height, 1)} * 60;
  for (const TextLine& other : lines) {
    if (!overlap_x(other.box, box) || std::abs(std::int64_t{other.box.y} - box.y) > reach) continue;
    column.left = std::min(column.left, other.box.x);
    column.right = std::max(column.right, other.box.right());
  }
  return column;
}

bool ends_in_text(const TextLine& line) { return !line.characters.empty() && line.characters.back().code != U' '; }

std::u32string characters_of(const TextLine& line) {
  const double column_gap = kColumnGap * advance(line);
  std::u32string characters;
  characters.reserve(line.characters.size());
  for (const Character& character : line.characters) {
    const bool wide = character.code == U' ' && character.box.width > column_gap;
    characters += (character.code & ~PreparedText::kWide) | (wide ? PreparedText::kWide : 0);
  }
  return characters;
}

// The line that goes on right where this one ends, as where a highlight begins inside a word; or lines.size().
std::size_t abutting(const ScreenText& screen, std::size_t line) {
  const std::size_t next = screen.right_of(line), none = screen.lines.size();
  if (next == none || screen.lines[next].characters.empty() || screen.lines[next].characters.front().code == U' ') return none;
  return screen.lines[next].box.x - screen.lines[line].box.right() <= kLetterGap * screen.advance(line) ? next : none;
}

// For each line the line it goes on in, or lines.size(); `continues` says of each whether another goes on in it.
std::vector<std::size_t> wraps(const ScreenText& screen, std::vector<bool>& continues) {
  const auto lines = screen.lines;
  std::vector<std::size_t> continued(lines.size(), lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!ends_in_text(lines[i])) continue;
    if (const std::size_t beside = abutting(screen, i); beside < lines.size() && !continues[beside]) {
      continued[i] = beside;
      continues[beside] = true;
      continue;
    }
    // The widest line of a log ends where its text does: only the panel's edge wraps.
    if (lines[i].panel_end > 0 && lines[i].panel_end - lines[i].box.right() > kWrapMargin * screen.advance(i)) continue;
    const std::size_t next = screen.below(i, lines[i].box, 1.0);
    if (next == lines.size() || lines[next].characters.empty() || lines[next].characters.front().code == U' ') continue;
    const Column column = column_around(lines, i);
    if (column.right - lines[i].box.right() > kWrapSlack * screen.advance(i)) continue;
    if (lines[next].box.x - column.left > kWrapSlack * screen.advance(i) || continues[next]) continue;
    continued[i] = next;
    continues[next] = true;
  }
  return continued;
}

}  // namespace

double advance(const TextLine& line) {
  const auto count = std::max<std::size_t>(line.characters.size(), 1);
  return std::max(1.0, line.box.width / static_cast<double>(count));
}

PreparedText::~PreparedText() {
  wipe_memory(characters.data(), characters.size() * sizeof(char32_t));
  wipe_memory(text.data(), text.size());
  wipe_memory(folded.data(), folded.size());
  wipe_memory(packed.data(), packed.size());
}

void PreparedText::prepare() {
  text.reserve(characters.size());
  for (const char32_t code : characters) text += plain(code & ~kWide);
  folded = fold(text);
  packed.reserve(text.size());
  unpacked.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ' ') continue;
    packed += folded[i];
    unpacked.push_back(static_cast<std::uint32_t>(i));
  }
  harmless = harmless_positions(*this);
}

bool PreparedText::harmless_between(std::size_t first, std::size_t end) const {
  for (std::size_t i = first; i < end && i < harmless.size(); ++i)
    if (harmless[i]) return true;
  return false;
}

std::size_t PreparedText::run_end(std::size_t at) const { return std::min(text.find(' ', std::min(at, text.size())), text.size()); }

void JudgedText::add_packed(std::string_view rule, std::size_t first, std::size_t end) {
  if (first < end && end <= text.unpacked.size()) add(rule, text.unpacked[first], text.unpacked[end - 1] + 1);
}

Place PlacedText::place(std::size_t at) const {
  std::size_t piece = pieces.size() - 1;
  while (piece > 0 && pieces[piece].first > at) --piece;
  return {pieces[piece].line, at - pieces[piece].first};
}

std::size_t ScreenText::below(std::size_t line, const Rect& box, double reach) const {
  std::size_t best = lines.size();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Rect& other = lines[i].box;
    const int middle = lines[line].box.y + lines[line].box.height / 2;
    if (i == line || !overlap_x(other, box) || other.y + other.height / 2 <= middle) continue;
    if (other.y <= middle || other.y - lines[line].box.bottom() > reach * std::max(lines[line].box.height, 1)) continue;
    if (best == lines.size() || other.y < lines[best].box.y) best = i;
  }
  return best;
}

std::size_t ScreenText::right_of(std::size_t line) const {
  std::size_t best = lines.size();
  const Rect& box = lines[line].box;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Rect& other = lines[i].box;
    const int shared = std::min(box.bottom(), other.bottom()) - std::max(box.y, other.y);
    if (i == line || other.x < box.right() || shared * 2 < std::min(box.height, other.height)) continue;
    if (best == lines.size() || other.x < lines[best].box.x) best = i;
  }
  return best;
}

ScreenText prepare(std::span<const TextLine> lines, JudgedTexts& texts) {
  ScreenText screen;
  screen.lines = lines;
  screen.rows.reserve(lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) screen.rows.push_back({texts.judged(characters_of(lines[i]), false, nullptr), {{0, i}}});
  std::vector<bool> continues(lines.size(), false);
  screen.continued = wraps(screen, continues);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (continues[i] || screen.continued[i] == lines.size()) continue;
    std::u32string whole;
    std::vector<PlacedText::Piece> pieces;
    std::size_t at = i;
    for (std::size_t n = 0; n < kLongestChain && at < lines.size(); ++n, at = screen.continued[at]) {
      pieces.push_back({whole.size(), at});
      whole += screen.rows[at]->characters;
    }
    screen.joined.push_back({texts.judged(std::move(whole), true, nullptr), std::move(pieces)});
  }
  mark_harmless_lines(screen, texts);
  return screen;
}

void Findings::add(std::string_view rule, const PlacedText& text, std::size_t first, std::size_t end, bool to_line_end) {
  const std::size_t size = text->text.size();
  end = std::min(end, size);
  if (size == 0) return;
  if (first >= end) {
    // An empty value: its place is the end of the line it would stand on.
    const Place last = text.place(std::min(first, size) - (first ? 1 : 0));
    const std::size_t at = last.index + (first ? 1 : 0);
    if (to_line_end) found_.push_back({std::string(rule), last.line, at, at, true});
    return;
  }
  for (std::size_t piece = 0; piece < text.pieces.size(); ++piece) {
    const std::size_t begin = text.pieces[piece].first, line = text.pieces[piece].line;
    const std::size_t stop = std::min(end, piece + 1 < text.pieces.size() ? text.pieces[piece + 1].first : size);
    const std::size_t from = std::max(first, begin);
    if (from >= stop) continue;
    const bool last = stop == end;
    found_.push_back({std::string(rule), line, from - begin, stop - begin, to_line_end && last});
    if (to_line_end && last && stop == size) add_continuation(rule, line);
  }
}

// A value that runs to the edge goes on with the next line's first word.
void Findings::add_continuation(std::string_view rule, std::size_t line) {
  for (std::size_t n = 0; n < kLongestChain; ++n) {
    line = screen_.continued[line];
    if (line >= screen_.lines.size()) return;
    const std::size_t end = screen_.rows[line]->run_end(0);
    if (end > 0) found_.push_back({std::string(rule), line, 0, end, false});
    if (end < screen_.rows[line]->text.size()) return;
  }
}

void Findings::add_line(std::string_view rule, std::size_t line, std::optional<int> from_column) {
  found_.push_back({std::string(rule), line, 0, screen_.lines[line].characters.size(), true, from_column});
}

}  // namespace frostgate::redaction
