#include "redaction/tracking/tracker.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "redaction/cover.h"
#include "redaction/tracking/kinship.h"

namespace frostgate::redaction {
namespace {

// Of many equal lines (the tildes of an editor) it is enough to weigh some.
constexpr std::size_t kMaxCandidates = 64;

Rect moved(const Rect& box, Point by) { return {box.x + by.x, box.y + by.y, box.width, box.height}; }

Point between(const Rect& from, const Rect& to) { return {to.x - from.x, to.y - from.y}; }

void add_history(LiveLine& young, const LiveLine& old, SessionTime until, Point by) {
  for (Placement placement : old.history) {
    placement.offset = {placement.offset.x - by.x, placement.offset.y - by.y};
    young.history.push_back(placement);
  }
  young.history.push_back({old.since, until, {-by.x, -by.y}});
  auto& history = young.history;
  const auto order = [](const Placement& p) { return std::tie(p.offset.y, p.offset.x, p.from, p.to); };
  std::sort(history.begin(), history.end(), [&](const Placement& a, const Placement& b) { return order(a) < order(b); });
  std::size_t kept = 0;
  for (std::size_t i = 1; i < history.size(); ++i) {
    if (history[i].offset == history[kept].offset && history[i].from <= history[kept].to) {
      history[kept].to = std::max(history[kept].to, history[i].to);
    } else {
      history[++kept] = history[i];
    }
  }
  history.resize(kept + 1);
}

void add_mask(LiveLine& line, LiveMask mask) {
  for (const LiveMask& present : line.masks) {
    if (present.rule == mask.rule && present.box == mask.box && present.from <= mask.from) return;
  }
  line.masks.push_back(std::move(mask));
}

}  // namespace

TextLine LiveLine::text() const {
  TextLine text{line.box, reading->characters, panel_end, reading->kind == LineKind::read};
  for (Character& character : text.characters) {
    character.box.x += line.box.x;
    character.box.y += line.box.y;
  }
  return text;
}

// One step from a state to the next. `until` ends what is over: the state before was covered to the end, even when both
// have the same time.
struct Tracker::Step {
  SessionTime at{};
  SessionTime until{};
  Change change;
  std::vector<LiveLine> old;
  std::vector<LiveLine> fresh;
  std::vector<bool> settled;                   // fresh lines whose past is known
  std::vector<bool> moved_away;                // old lines found somewhere else
  std::vector<bool> carried;                   // old lines that did not change at all
  std::vector<std::vector<bool>> inherited;    // per old line and mask
  std::vector<std::vector<bool>> continued;    // inherited at the same place: its entry stays open
};

void Tracker::replace(SessionTime last, SessionTime at, FrameView before, FrameView after,
                      const std::vector<bool>& gone, std::vector<LiveLine> fresh) {
  Step step{at, std::max(at, last + SessionTime(1)), {before, after}, {}, std::move(fresh), {}, {}, {}, {}, {}};
  std::vector<LiveLine> kept;
  for (std::size_t i = 0; i < lines_.size(); ++i) (gone[i] ? step.old : kept).push_back(std::move(lines_[i]));
  step.settled.assign(step.fresh.size(), false);
  step.moved_away.assign(step.old.size(), false);
  step.carried.assign(step.old.size(), false);
  for (const LiveLine& line : step.old) {
    step.inherited.emplace_back(line.masks.size(), false);
    step.continued.emplace_back(line.masks.size(), false);
  }
  lines_ = std::move(kept);
  match_moved(step);
  if (before.size == after.size) match_in_place(step);
  bury(step);
  for (LiveLine& line : step.fresh) lines_.push_back(std::move(line));
  std::sort(lines_.begin(), lines_.end(), [](const LiveLine& a, const LiveLine& b) {
    return a.line.box.y != b.line.box.y ? a.line.box.y < b.line.box.y : a.line.box.x < b.line.box.x;
  });
}

// Lines with the very same pixels: unchanged, or scrolled by what most of them scrolled by.
void Tracker::match_moved(Step& step) {
  std::unordered_map<LineHash, std::vector<std::size_t>, LineHashBucket> old_by_hash;
  for (std::size_t i = 0; i < step.old.size(); ++i) old_by_hash[step.old[i].hash].push_back(i);
  for (std::size_t f = 0; f < step.fresh.size(); ++f) {
    LiveLine& young = step.fresh[f];
    const auto found = old_by_hash.find(young.hash);
    if (found == old_by_hash.end()) continue;
    for (const std::size_t i : found->second) {
      if (step.carried[i] || step.old[i].line != young.line) continue;
      step.carried[i] = step.settled[f] = true;
      young = step.old[i];
      young.remnant = false;
      break;
    }
  }
  std::map<std::pair<int, int>, int> votes;
  const auto candidates = [&](std::size_t f, auto&& each) {
    const auto found = old_by_hash.find(step.fresh[f].hash);
    if (step.settled[f] || found == old_by_hash.end()) return;
    for (std::size_t k = 0; k < std::min(found->second.size(), kMaxCandidates); ++k) {
      const Point by = between(step.old[found->second[k]].line.box, step.fresh[f].line.box);
      each(found->second[k], std::pair{by.y, by.x});
    }
  };
  for (std::size_t f = 0; f < step.fresh.size(); ++f) {
    candidates(f, [&](std::size_t, std::pair<int, int> by) { ++votes[by]; });
  }
  for (std::size_t f = 0; f < step.fresh.size(); ++f) {
    std::size_t best = step.old.size();
    int most = 0;
    candidates(f, [&](std::size_t i, std::pair<int, int> by) {
      if (votes[by] > most) {
        most = votes[by];
        best = i;
      }
    });
    if (best == step.old.size()) continue;
    LiveLine& old = step.old[best];
    const Point by = between(old.line.box, step.fresh[f].line.box);
    step.settled[f] = true;
    // Where the old line is still there, this one is a copy: it hides the same, but was not born before.
    if (!step.carried[best]) {
      step.moved_away[best] = true;
      add_history(step.fresh[f], old, step.until, by);
    }
    for (std::size_t m = 0; m < old.masks.size(); ++m) {
      add_mask(step.fresh[f], {old.masks[m].rule, moved(old.masks[m].box, by), old.masks[m].paper, step.at, old.masks[m].to_birth});
      step.inherited[best][m] = true;
    }
  }
}

void Tracker::match_in_place(Step& step) {
  for (std::size_t f = 0; f < step.fresh.size(); ++f) {
    if (step.settled[f]) continue;
    LiveLine& young = step.fresh[f];
    for (std::size_t i = 0; i < step.old.size(); ++i) {
      LiveLine& old = step.old[i];
      if (step.carried[i] || step.moved_away[i] || !old.line.box.intersects(young.line.box)) continue;
      if (!related(step.change, old, young)) continue;
      // A second past: what hid the first does not reach into it.
      if (!young.history.empty()) {
        for (LiveMask& mask : young.masks) mask.to_birth = false;
      }
      const bool only_past = young.history.empty();
      add_history(young, old, step.until, {0, 0});
      for (std::size_t m = 0; m < old.masks.size(); ++m) {
        const Rect& box = old.masks[m].box;
        const bool clean = young.reading->kind == LineKind::read && !ink_remains(step.change, old, box) &&
                           !text_remains(old, box, young);
        if (clean || !box.intersects(young.line.box)) continue;
        add_mask(young, {old.masks[m].rule, box, old.masks[m].paper, old.masks[m].from, old.masks[m].to_birth && only_past});
        step.inherited[i][m] = step.continued[i][m] = true;
      }
    }
  }
}

// Ends what is over. A mask whose ink is still on the screen, though no line was found there, goes on with its old line.
void Tracker::bury(Step& step) {
  for (std::size_t i = 0; i < step.old.size(); ++i) {
    if (step.carried[i]) continue;
    LiveLine& old = step.old[i];
    const bool same_size = step.change.before.size == step.change.after.size;
    const bool still_there = same_size && !step.moved_away[i];
    std::vector<LiveMask> remaining;
    for (std::size_t m = 0; m < old.masks.size(); ++m) {
      if (step.continued[i][m]) continue;
      if (!step.inherited[i][m] && still_there && ink_remains(step.change, old, old.masks[m].box)) {
        remaining.push_back(old.masks[m]);
      } else {
        ledger_.mask(old.masks[m].rule, old.masks[m].from, step.until, old.masks[m].box, old.masks[m].paper);
      }
    }
    const bool seen_again = std::any_of(step.fresh.begin(), step.fresh.end(), [&](const LiveLine& young) {
      return young.line.box.intersects(old.line.box);
    });
    const bool unread_remains = old.covered && still_there && !seen_again && ink_remains(step.change, old, old.line.box);
    if (!remaining.empty() || unread_remains) {
      old.masks = std::move(remaining);
      old.remnant = true;
      lines_.push_back(std::move(old));
    } else if (old.covered) {
      ledger_.unread(old.since, step.until, snapped_outwards(old.line.box), old.line.background);
    }
  }
}

void Tracker::mask(std::size_t line, const std::string& rule, const Rect& box) {
  LiveLine& live = lines_[line];
  for (const LiveMask& present : live.masks) {
    if (present.rule == rule && present.box.contains(box) && present.from <= live.since && present.to_birth) return;
  }
  for (const Placement& placement : live.history) {
    ledger_.mask(rule, placement.from, placement.to, moved(box, placement.offset), live.line.background);
  }
  live.masks.push_back({rule, box, live.line.background, live.since, true});
}

Ledger Tracker::ledger() const {
  Ledger ledger = ledger_;
  for (const LiveLine& line : lines_) {
    for (const LiveMask& mask : line.masks) ledger.mask(mask.rule, mask.from, SessionTime::max(), mask.box, mask.paper);
    if (line.covered) ledger.unread(line.since, SessionTime::max(), snapped_outwards(line.line.box), line.line.background);
  }
  return ledger;
}

}  // namespace frostgate::redaction
