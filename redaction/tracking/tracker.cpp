#include "redaction/tracking/tracker.h"

#include <algorithm>
#include <utility>

#include "redaction/cover.h"
#include "redaction/tracking/kinship.h"
#include "redaction/tracking/step.h"

namespace frostgate::redaction {
namespace {

Mask closed(const LiveMask& mask, SessionTime to) { return {mask.rule, mask.from, to, mask.box, mask.paper, mask.secret}; }

}  // namespace

void Tracker::replace(SessionTime last, SessionTime at, FrameView before, FrameView after,
                      const std::vector<bool>& gone, std::vector<LiveLine> fresh) {
  std::vector<LiveLine> kept, old;
  for (std::size_t i = 0; i < lines_.size(); ++i) (gone[i] ? old : kept).push_back(std::move(lines_[i]));
  lines_ = std::move(kept);
  Step step(at, std::max(at, last + SessionTime(1)), {before, after}, std::move(old), std::move(fresh));
  step.match_unchanged();
  step.match_moved();
  step.match_changed();
  bury(step);
  for (LiveLine& line : step.fresh) lines_.push_back(std::move(line));
  std::sort(lines_.begin(), lines_.end(), [](const LiveLine& a, const LiveLine& b) {
    return a.line.box.y != b.line.box.y ? a.line.box.y < b.line.box.y : a.line.box.x < b.line.box.x;
  });
}

// Ends what is over. A mask whose ink is still on the screen, though no line was found there, goes on with its old line.
void Tracker::bury(Step& step) {
  for (std::size_t i = 0; i < step.old.size(); ++i) {
    if (step.carried[i]) continue;
    LiveLine& old = step.old[i];
    settle(old);
    std::vector<LiveMask> remaining;
    for (std::size_t m = 0; m < old.masks.size(); ++m) {
      if (step.continued[i][m]) continue;
      if (old.masks[m].stands_on(step.change.after)) {
        remaining.push_back(old.masks[m]);
      } else {
        close(old.masks[m], step.until);
      }
    }
    const bool seen_again = std::any_of(step.fresh.begin(), step.fresh.end(), [&](const LiveLine& young) {
      return young.line.box.intersects(old.line.box);
    });
    if (old.covered && !old.unread_ink) old.unread_ink = HiddenInk(step.change.before, old, old.line.box);
    const bool unread_remains = old.covered && !step.moved_away[i] && !seen_again && old.unread_ink->stands_on(step.change.after);
    if (!remaining.empty() || unread_remains) {
      old.masks = std::move(remaining);
      old.remnant = true;
      lines_.push_back(std::move(old));
    } else if (old.covered) {
      ledger_.unread(old.since, step.until, snapped_outwards(old.line.box), old.line.background);
    }
  }
}

void Tracker::close(const LiveMask& mask, SessionTime to) { ledger_.mask(closed(mask, to)); }

// More of a secret that is masked there already, in this line or beside it, or was before the line changed; else another one.
std::uint32_t Tracker::secret_at(const LiveLine& line, const std::string& rule, const Rect& box) {
  const auto same = [&](const auto& mask) { return mask.rule == rule && mask.box.intersects(box); };
  const auto past = std::find_if(line.past_masks.begin(), line.past_masks.end(), same);
  if (past != line.past_masks.end()) return past->secret;
  std::uint32_t first = 0;
  for (const LiveLine& other : lines_) {
    for (const LiveMask& mask : other.masks) {
      if (same(mask) && (first == 0 || mask.secret < first)) first = mask.secret;
    }
  }
  return first > 0 ? first : ++secrets_;
}

void Tracker::mask(FrameView screen, std::size_t line, const std::string& rule, const Rect& box) {
  LiveLine& live = lines_[line];
  bool known = false;
  for (const LiveMask& present : live.masks) {
    if (present.rule != rule || !present.box.contains(box) || !present.to_birth) continue;
    if (present.found == live.since) return;
    known = true;
  }
  const std::uint32_t secret = secret_at(live, rule, box);
  for (const Placement& placement : live.history) {
    if (known || !placement.shared.meet(box)) continue;
    Rect there = moved(box, placement.offset);
    there.width += placement.spread.width, there.height += placement.spread.height;
    ledger_.mask({rule, placement.from, placement.to, there, live.line.background, secret});
  }
  // What was found in what the line was before is not needed any more where this hides the same.
  std::erase_if(live.masks, [&](const LiveMask& older) {
    const bool needed = older.found == live.since || !older.hides_only(box);
    if (!needed) close(older, live.since);
    return !needed;
  });
  LiveMask found{rule, box, live.line.background, live.since, true, secret, live.since, {}};
  if (HiddenInk ink(screen, live, box); !ink.place().empty()) found.hidden.push_back(std::move(ink));
  live.masks.push_back(std::move(found));
}

void Tracker::settle(LiveLine& old) {
  if (old.covered || !old.masks.empty()) old.hide_lessons();
  over_.append(std::exchange(old.past, {}));
  over_.append(std::exchange(old.lessons, {}));
}

void Tracker::end_lessons() {
  for (LiveLine& line : lines_) settle(line);
}

Ledger Tracker::ledger() const {
  Ledger ledger = ledger_;
  for (const LiveLine& line : lines_) {
    for (const LiveMask& mask : line.masks) ledger.mask(closed(mask, SessionTime::max()));
    if (line.covered) ledger.unread(line.since, SessionTime::max(), snapped_outwards(line.line.box), line.line.background);
  }
  return ledger;
}

}  // namespace frostgate::redaction
