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

TextLine LiveLine::text() const {
  TextLine text{line.box, reading->characters, panel_end, reading->kind == LineKind::read};
  for (Character& character : text.characters) {
    character.box.x += line.box.x;
    character.box.y += line.box.y;
  }
  return text;
}

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
      if (ink_remains(step.change, old, old.masks[m].box)) {
        remaining.push_back(old.masks[m]);
      } else {
        close(old.masks[m], step.until);
      }
    }
    const bool seen_again = std::any_of(step.fresh.begin(), step.fresh.end(), [&](const LiveLine& young) {
      return young.line.box.intersects(old.line.box);
    });
    const bool unread_remains = old.covered && !step.moved_away[i] && !seen_again && ink_remains(step.change, old, old.line.box);
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

void Tracker::mask(std::size_t line, const std::string& rule, const Rect& box) {
  LiveLine& live = lines_[line];
  std::uint32_t secret = 0;
  for (const LiveMask& present : live.masks) {
    if (present.rule != rule || !present.box.intersects(box)) continue;
    if (present.box.contains(box) && present.from <= live.since && present.to_birth) return;
    secret = present.secret;  // more of it
  }
  if (secret == 0) secret = ++secrets_;
  for (const Placement& placement : live.history) {
    if (!placement.shared.meet(box)) continue;
    Rect there = moved(box, placement.offset);
    there.width += placement.spread.width, there.height += placement.spread.height;
    ledger_.mask({rule, placement.from, placement.to, there, live.line.background, secret});
  }
  live.masks.push_back({rule, box, live.line.background, live.since, true, secret});
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
