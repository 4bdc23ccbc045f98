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

}  // namespace

PreparedText::~PreparedText() {
  wipe_memory(text.data(), text.size());
  wipe_memory(folded.data(), folded.size());
  wipe_memory(packed.data(), packed.size());
}

void PreparedText::append(const TextLine& line, std::size_t number) {
  text.reserve(text.size() + line.characters.size());
  for (std::size_t i = 0; i < line.characters.size(); ++i) {
    text += plain(line.characters[i].code);
    places.push_back({number, i});
  }
}

void PreparedText::pack() {
  folded = fold(text);
  packed.reserve(text.size());
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

std::size_t PreparedText::run_end(std::size_t at) const {
  while (at < text.size() && text[at] != ' ') ++at;
  return at;
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

double ScreenText::advance(std::size_t line) const {
  const auto count = std::max<std::size_t>(lines[line].characters.size(), 1);
  return std::max(1.0, lines[line].box.width / static_cast<double>(count));
}

ScreenText prepare(std::span<const TextLine> lines) {
  ScreenText screen;
  screen.lines = lines;
  screen.rows.resize(lines.size());
  screen.continued.assign(lines.size(), lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    screen.rows[i].append(lines[i], i);
    screen.rows[i].pack();
  }
  std::vector<bool> continues(lines.size(), false);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!ends_in_text(lines[i])) continue;
    const Column column = column_around(lines, i);
    if (column.right - lines[i].box.right() > kWrapSlack * screen.advance(i)) continue;
    // The widest line of a log ends where its text does: only the panel's edge wraps.
    if (lines[i].panel_end > 0 && lines[i].panel_end - lines[i].box.right() > kWrapMargin * screen.advance(i)) continue;
    const std::size_t next = screen.below(i, lines[i].box, 1.0);
    if (next == lines.size() || lines[next].characters.empty() || lines[next].characters.front().code == U' ') continue;
    if (lines[next].box.x - column.left > kWrapSlack * screen.advance(i) || continues[next]) continue;
    screen.continued[i] = next;
    continues[next] = true;
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (continues[i] || screen.continued[i] == lines.size()) continue;
    PreparedText chain;
    chain.joined = true;
    std::size_t at = i;
    for (std::size_t n = 0; n < kLongestChain && at < lines.size(); ++n, at = screen.continued[at])
      chain.append(lines[at], at);
    chain.pack();
    screen.joined.push_back(std::move(chain));
  }
  mark_harmless_lines(screen);
  return screen;
}

void Findings::add(std::string_view rule, const PreparedText& text, std::size_t first, std::size_t end, bool to_line_end) {
  end = std::min(end, text.places.size());
  if (text.places.empty()) return;
  if (first >= end) {
    // An empty value: its place is the end of the line it would stand on.
    const Place last = text.places[std::min(first, text.places.size()) - (first ? 1 : 0)];
    const std::size_t at = last.index + (first ? 1 : 0);
    if (to_line_end) found_.push_back({std::string(rule), last.line, at, at, true});
    return;
  }
  while (first < end) {
    const Place from = text.places[first];
    std::size_t stop = first + 1;
    while (stop < end && text.places[stop].line == from.line) ++stop;
    const bool last = stop == end;
    found_.push_back({std::string(rule), from.line, from.index, from.index + (stop - first), to_line_end && last});
    if (to_line_end && last && stop == text.places.size()) add_continuation(rule, from.line);
    first = stop;
  }
}

// A value that runs to the edge goes on with the next line's first word.
void Findings::add_continuation(std::string_view rule, std::size_t line) {
  for (std::size_t n = 0; n < kLongestChain; ++n) {
    line = screen_.continued[line];
    if (line >= screen_.lines.size()) return;
    const std::size_t end = screen_.rows[line].run_end(0);
    if (end > 0) found_.push_back({std::string(rule), line, 0, end, false});
    if (end < screen_.rows[line].text.size()) return;
  }
}

void Findings::add_packed(std::string_view rule, const PreparedText& text, std::size_t first, std::size_t end) {
  if (first >= end || end > text.unpacked.size()) return;
  add(rule, text, text.unpacked[first], text.unpacked[end - 1] + 1);
}

void Findings::add_line(std::string_view rule, std::size_t line, std::optional<int> from_column) {
  found_.push_back({std::string(rule), line, 0, screen_.lines[line].characters.size(), true, from_column});
}

}  // namespace frostgate::redaction
