#include "redaction/live/live_lines.h"

#include <algorithm>
#include <utility>

#include "redaction/cover.h"
#include "redaction/live/plain_word.h"

namespace frostgate::redaction {
namespace {

constexpr SessionTime kKept = std::chrono::seconds(5);
constexpr std::size_t kFewest = 32;
// More lines than this at once are output, not typing.
constexpr std::size_t kTyped = 3;
constexpr std::size_t kShortToken = 4;
constexpr SessionTime kEver = SessionTime::max();

struct Token {
  std::size_t first = 0;
  std::size_t end = 0;
};

std::vector<Token> tokens_of(const Reading& reading) {
  std::vector<Token> tokens;
  bool inside = false;
  for (std::size_t i = 0; i < reading.characters.size(); ++i) {
    const bool space = reading.characters[i].code == U' ';
    if (!space && !inside) tokens.push_back({i, i});
    if (!space) tokens.back().end = i + 1;
    inside = !space;
  }
  return tokens;
}

// Columns go to a grid; a grid of rows would cut the lines next to it.
Rect box_over(const Rect& ink) {
  const Rect columns = snapped_outwards(ink);
  return Rect::between(columns.x, ink.y - 1, columns.right(), ink.bottom() + 1);
}

bool in(const std::vector<LineHash>& sorted, const LineHash& hash) { return std::binary_search(sorted.begin(), sorted.end(), hash); }

bool same_row(const Rect& a, const Rect& b) {
  const int rows = std::min(a.bottom(), b.bottom()) - std::max(a.y, b.y);
  return a.intersects(b) && rows * 2 >= std::min(a.height, b.height);
}

}  // namespace

bool LiveLines::State::has(const LineHash& hash) const { return in(hashes, hash); }

void LiveLines::observe(SessionTime at, const std::vector<LiveLine>& lines) {
  State state{at, {}, {}};
  for (const LiveLine& line : lines) {
    if (line.remnant) continue;
    state.lines.push_back({line.hash, line.line, line.reading});
    state.hashes.push_back(line.hash);
  }
  std::sort(state.hashes.begin(), state.hashes.end());
  follow_cursor(state);
  states_.push_back(std::move(state));
  while (states_.size() > kFewest && states_[1].at < at - kKept) states_.pop_front();
}

// Where lines were typed on, or few came up, is where more may come. It stays there until something else changes.
void LiveLines::follow_cursor(const State& state) {
  std::vector<const Line*> fresh;
  for (const Line& line : state.lines) {
    if (states_.empty() || !states_.back().has(line.hash)) fresh.push_back(&line);
  }
  if (fresh.empty()) return;
  if (fresh.size() > kTyped) {
    std::erase_if(fresh, [&](const Line* line) {
      return states_.empty() || std::none_of(states_.back().lines.begin(), states_.back().lines.end(), [&](const Line& before) {
        return same_row(before.line.box, line->line.box) && !state.has(before.hash);
      });
    });
  }
  cursor_.clear();
  for (const Line* line : fresh) cursor_.push_back(line->hash);
  std::sort(cursor_.begin(), cursor_.end());
}

// When the line was first not on screen any more as it was in states_[state].
SessionTime LiveLines::lost_at(std::size_t state, const LineHash& hash) const {
  for (std::size_t later = state + 1; later < states_.size(); ++later) {
    if (!states_[later].has(hash)) return states_[later].at;
  }
  return kEver;
}

std::vector<UnreadArea> LiveLines::covers(SessionTime head) const {
  std::vector<UnreadArea> out;
  const Rect everything{0, 0, kMaxScreenSide, kMaxScreenSide};
  const SessionTime known = states_.empty() ? kEver : states_.front().at;
  if (known > SessionTime(0)) out.push_back({SessionTime(0), known, everything, 0});
  for (std::size_t i = 0; i < states_.size() && states_[i].at <= head - kLiveHold; ++i) {
    const SessionTime from = states_[i].at;
    const SessionTime to = i + 1 < states_.size() ? states_[i + 1].at : kEver;
    for (const Line& line : states_[i].lines) {
      const SessionTime lost = lost_at(i, line.hash);
      const SessionTime unsettled = lost == kEver ? kEver : std::max(from, lost - kLiveHold);
      if (unsettled < to) out.push_back({unsettled, to, box_over(line.line.box), line.line.background});
      if (from < std::min(to, unsettled)) cover(line, from, std::min(to, unsettled), out);
    }
  }
  std::sort(out.begin(), out.end(), [](const UnreadArea& a, const UnreadArea& b) { return a.from < b.from; });
  return out;
}

void LiveLines::cover(const Line& line, SessionTime from, SessionTime to, std::vector<UnreadArea>& out) const {
  const std::vector<Character>& characters = line.reading->characters;
  const Rect& box = line.line.box;
  // A mask that comes of what is typed next may cover all of the line.
  if (in(cursor_, line.hash)) {
    out.push_back({from, to, box_over(box), line.line.background});
    return;
  }
  if (line.reading->kind == LineKind::picture) return;
  // The engine's boxes wander.
  const int margin = std::max(3, box.height / 3);
  for (const Token& token : tokens_of(*line.reading)) {
    std::u32string text;
    for (std::size_t i = token.first; i < token.end; ++i) text.push_back(characters[i].code);
    if (text.size() < kShortToken || plain_word(text)) continue;
    const int left = box.x + characters[token.first].box.x - margin;
    const int right = box.x + characters[token.end - 1].box.right() + margin;
    const Rect ink = Rect::between(std::max(box.x, left), box.y, std::min(box.right(), right), box.bottom());
    out.push_back({from, to, box_over(ink), line.line.background});
  }
}

}  // namespace frostgate::redaction
