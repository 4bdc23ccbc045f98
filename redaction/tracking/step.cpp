#include "redaction/tracking/step.h"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <unordered_map>

#include "redaction/tracking/line_text.h"

namespace frostgate::redaction {
namespace {

// Of many equal lines (the tildes of an editor) it is enough to weigh some.
constexpr std::size_t kMaxCandidates = 64;
constexpr std::size_t kMaxWays = 6;
constexpr std::size_t kNone = static_cast<std::size_t>(-1);
// Of one line. A line that was in more places, or came and went more often, is remembered more coarsely.
constexpr std::size_t kMaxHistory = 256;

Point between(const Rect& from, const Rect& to) { return {to.x - from.x, to.y - from.y}; }

Columns united(const Columns& a, const Columns& b) { return {std::min(a.left, b.left), std::max(a.right, b.right)}; }
Columns common(const Columns& a, const Columns& b) { return {std::max(a.left, b.left), std::min(a.right, b.right)}; }

// Makes one placement of two: all offsets of both, for all the time of both.
Placement joined(const Placement& a, const Placement& b) {
  const int right = std::max(a.offset.x + a.spread.width, b.offset.x + b.spread.width);
  const int bottom = std::max(a.offset.y + a.spread.height, b.offset.y + b.spread.height);
  const Point corner{std::min(a.offset.x, b.offset.x), std::min(a.offset.y, b.offset.y)};
  return {std::min(a.from, b.from), std::max(a.to, b.to), corner, {right - corner.x, bottom - corner.y}, united(a.shared, b.shared)};
}

auto place(const Placement& p) { return std::tie(p.offset.y, p.offset.x, p.spread.height, p.spread.width); }

// Joins what stood in one place at times that meet, or at any times.
void join_in_place(std::vector<Placement>& history, bool at_any_time) {
  std::sort(history.begin(), history.end(), [](const Placement& a, const Placement& b) {
    return place(a) != place(b) ? place(a) < place(b) : std::tie(a.from, a.to) < std::tie(b.from, b.to);
  });
  std::size_t kept = 0;
  for (std::size_t i = 1; i < history.size(); ++i) {
    if (place(history[i]) == place(history[kept]) && (at_any_time || history[i].from <= history[kept].to)) {
      history[kept].to = std::max(history[kept].to, history[i].to);
      history[kept].shared = united(history[kept].shared, history[i].shared);
    } else {
      history[++kept] = history[i];
    }
  }
  history.resize(kept + 1);
}

void add_history(LiveLine& young, const LiveLine& old, SessionTime until, Point by, const Columns& shared) {
  std::vector<Placement>& history = young.history;
  for (Placement placement : old.history) {
    placement.offset = {placement.offset.x - by.x, placement.offset.y - by.y};
    placement.shared = common(placement.shared.moved(by.x), shared);
    if (placement.shared.left < placement.shared.right) history.push_back(placement);
  }
  history.push_back({old.since, until, {-by.x, -by.y}, {}, shared});
  join_in_place(history, false);
  if (history.size() <= kMaxHistory) return;
  join_in_place(history, true);
  // Neighbours in time are neighbours on the screen.
  std::sort(history.begin(), history.end(), [](const Placement& a, const Placement& b) { return a.from < b.from; });
  while (history.size() > kMaxHistory / 2) {
    std::vector<Placement> fewer;
    for (std::size_t i = 0; i + 1 < history.size(); i += 2) fewer.push_back(joined(history[i], history[i + 1]));
    if (history.size() % 2 == 1) fewer.push_back(history.back());
    history = std::move(fewer);
  }
}

// Which old lines share a few characters side by side with a fresh one, those with most first.
class TextIndex {
 public:
  explicit TextIndex(const Step& step) {
    const bool needed = std::find(step.settled.begin(), step.settled.end(), false) != step.settled.end();
    for (std::size_t i = 0; needed && i < step.old.size(); ++i) {
      if (step.settled_elsewhere(i)) continue;
      const std::u32string text = characters_of(step.old[i]).text;
      for (std::size_t at = 0; at + kGram <= text.size(); ++at) grams_.emplace_back(gram_at(text, at), i);
    }
    std::sort(grams_.begin(), grams_.end());
  }

  std::vector<std::size_t> like(const LiveLine& line) const {
    std::map<std::size_t, int> shared;
    const std::u32string text = grams_.empty() ? std::u32string() : characters_of(line).text;
    for (std::size_t at = 0; at + kGram <= text.size(); ++at) {
      const Gram gram = gram_at(text, at);
      auto found = std::lower_bound(grams_.begin(), grams_.end(), std::pair{gram, std::size_t{0}});
      for (std::size_t k = 0; k < kMaxCandidates && found != grams_.end() && found->first == gram; ++k, ++found) {
        ++shared[found->second];
      }
    }
    std::vector<std::pair<int, std::size_t>> order;
    for (const auto& [i, count] : shared) order.emplace_back(-count, i);
    std::sort(order.begin(), order.end());
    if (order.size() > kMostAlike) order.resize(kMostAlike);
    std::vector<std::size_t> like;
    for (const auto& [count, i] : order) like.push_back(i);
    return like;
  }

 private:
  static constexpr std::size_t kGram = 4, kMostAlike = 4;
  using Gram = std::array<char32_t, kGram>;
  static Gram gram_at(const std::u32string& text, std::size_t at) { return {text[at], text[at + 1], text[at + 2], text[at + 3]}; }

  std::vector<std::pair<Gram, std::size_t>> grams_;  // sorted
};

}  // namespace

Step::Step(SessionTime at_, SessionTime until_, const Change& change_, std::vector<LiveLine> old_, std::vector<LiveLine> fresh_)
    : at(at_), until(until_), change(change_), old(std::move(old_)), fresh(std::move(fresh_)),
      settled(fresh.size(), false), moved_away(old.size(), false), carried(old.size(), false), heirs(old.size(), kNone) {
  for (const LiveLine& line : old) continued.emplace_back(line.masks.size(), false);
}

bool Step::left_without_heir(std::size_t old_line) const {
  return !carried[old_line] && !moved_away[old_line] && heirs[old_line] == kNone;
}

void Step::match_unchanged() {
  std::unordered_multimap<LineHash, std::size_t, LineHashBucket> by_hash;
  for (std::size_t i = 0; i < old.size(); ++i) by_hash.emplace(old[i].hash, i);
  for (std::size_t f = 0; f < fresh.size(); ++f) {
    const auto [first, last] = by_hash.equal_range(fresh[f].hash);
    for (auto found = first; found != last; ++found) {
      const std::size_t i = found->second;
      if (carried[i] || old[i].line != fresh[f].line) continue;
      carried[i] = settled[f] = true;
      fresh[f] = old[i];
      fresh[f].remnant = false;
      break;
    }
  }
}

// Lines with the very same pixels, scrolled by what most of them scrolled by.
void Step::match_moved() {
  std::unordered_map<LineHash, std::vector<std::size_t>, LineHashBucket> by_hash;
  for (std::size_t i = 0; i < old.size(); ++i) {
    auto& same = by_hash[old[i].hash];
    if (same.size() < kMaxCandidates) same.push_back(i);
  }
  std::map<std::pair<int, int>, int> votes, ways;
  const auto each_candidate = [&](std::size_t f, auto&& visit) {
    const auto found = by_hash.find(fresh[f].hash);
    if (settled[f] || found == by_hash.end()) return;
    for (const std::size_t i : found->second) {
      const Point by = between(old[i].line.box, fresh[f].line.box);
      visit(i, std::pair{by.y, by.x});
    }
  };
  for (std::size_t f = 0; f < fresh.size(); ++f) {
    // A bullet or a cursor that looks like another one has not moved there.
    const bool telling = fresh[f].reading->characters.size() >= kSharedCharacters;
    each_candidate(f, [&](std::size_t, std::pair<int, int> by) {
      ++votes[by];
      if (telling) ++ways[by];
    });
  }
  for (std::size_t f = 0; f < fresh.size(); ++f) {
    std::size_t best = kNone;
    int most = 0;
    each_candidate(f, [&](std::size_t i, std::pair<int, int> by) {
      if (votes[by] > most) most = votes[by], best = i;
    });
    if (best == kNone) continue;
    settled[f] = true;
    const Point by = between(old[best].line.box, fresh[f].line.box);
    // Where the old line is still there, this one is a copy: it hides the same, but was not born before.
    if (!carried[best]) {
      moved_away[best] = true;
      add_history(fresh[f], old[best], until, by, {});
      hand_down(best, f);
    }
    for (const LiveMask& mask : old[best].masks) add_mask(fresh[f], mask.moved(by, at));
  }
  for (const auto& [by, count] : ways) votes_.emplace_back(count, Point{by.second, by.first});
  std::stable_sort(votes_.begin(), votes_.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
}

// Where a line may have gone: nowhere, or with the others.
std::vector<Point> Step::ways() const {
  std::vector<Point> ways{{0, 0}};
  for (std::size_t k = 0; k < votes_.size() && ways.size() < kMaxWays; ++k) {
    if (votes_[k].second != Point{0, 0}) ways.push_back(votes_[k].second);
  }
  return ways;
}

void Step::match_changed() {
  const std::vector<Point> common = ways();
  const TextIndex index(*this);
  for (std::size_t f = 0; f < fresh.size(); ++f) {
    if (settled[f] || fresh[f].loose) continue;
    const std::vector<std::size_t> alike = index.like(fresh[f]);
    for (std::size_t i = 0; i < old.size(); ++i) {
      if (settled_elsewhere(i)) continue;
      bool found = false;
      for (std::size_t k = 0; k < common.size() && !found; ++k) {
        if (!moved(old[i].line.box, common[k]).intersects(fresh[f].line.box)) continue;
        const auto kinship = related({change.before, change.after, common[k]}, old[i], fresh[f]);
        found = kinship.has_value();
        if (found) inherit(i, f, common[k], *kinship);
      }
      if (found || std::find(alike.begin(), alike.end(), i) == alike.end()) continue;
      if (const auto own = way_alone(change, old[i], fresh[f])) inherit(i, f, *own, {});
    }
  }
}

// What a line was goes on teaching nobody until it is known what becomes of it: the first characters of a secret have
// no mask yet. Where it becomes two lines, a mask on either may mean it, so what it was teaches nothing.
void Step::hand_down(std::size_t old_line, std::size_t fresh_line) {
  LiveLine& past = old[old_line];
  LiveLine& young = fresh[fresh_line];
  if (past.covered) past.hide_lessons();
  if (!past.masks.empty()) {
    young.hide_lessons();
  } else if (heirs[old_line] != kNone) {
    fresh[heirs[old_line]].past.hide();
  } else {
    young.past.inherit(std::exchange(past.lessons, {}));
    young.past.inherit(std::exchange(past.past, {}));
    heirs[old_line] = fresh_line;
  }
}

void Step::inherit(std::size_t old_line, std::size_t fresh_line, Point by, const Kinship& kinship) {
  LiveLine& young = fresh[fresh_line];
  const LiveLine& past = old[old_line];
  const bool stayed = by == Point{0, 0};
  // It is found whole somewhere else: this is another piece of it, which an update in halves left or brought.
  const bool copy = carried[old_line] || moved_away[old_line];
  const bool only_past = young.history.empty();
  if (!copy) {
    // A second past: what hid the first does not reach into it.
    for (LiveMask& mask : young.masks) mask.to_birth = mask.to_birth && only_past;
    add_history(young, past, until, by, kinship.shared);
    hand_down(old_line, fresh_line);
  } else if (!past.masks.empty()) {
    young.hide_lessons();
  }
  for (std::size_t m = 0; m < past.masks.size(); ++m) {
    LiveMask mask = past.masks[m].moved(by, stayed && !copy ? past.masks[m].from : at);
    const bool unknown = kinship.whole && young.reading->kind == LineKind::unread;
    if (!mask.box.intersects(young.line.box)) continue;
    if (!unknown && !mask.needed_on(change.after, young)) {
      if (kinship.whole) young.past_masks.push_back({mask.rule, mask.box, mask.secret});
      continue;
    }
    mask.to_birth = mask.to_birth && only_past && !copy;
    add_mask(young, std::move(mask));
    if (stayed && !copy) continued[old_line][m] = true;
  }
}

}  // namespace frostgate::redaction
