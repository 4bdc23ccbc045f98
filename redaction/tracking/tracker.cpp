#include "redaction/tracking/tracker.h"

#include <algorithm>
#include <utility>

#include "redaction/cover.h"
#include "redaction/tracking/kinship.h"
#include "redaction/tracking/step.h"

namespace frostgate::redaction {
namespace {

constexpr std::size_t kMostEnded = 64;
constexpr auto kHold = std::chrono::seconds(1);

Mask closed(const LiveMask& mask, SessionTime to) { return {mask.rule, mask.from, to, mask.box, mask.paper, mask.secret}; }

}  // namespace

void Tracker::replace(SessionTime last, SessionTime at, FrameView before, FrameView after, std::span<const Rect> changed,
                      const std::vector<bool>& gone, std::vector<LiveLine> fresh) {
  last_ = last;
  at_ = at;
  std::vector<LiveLine> kept, old;
  for (std::size_t i = 0; i < lines_.size(); ++i) (gone[i] ? old : kept).push_back(std::move(lines_[i]));
  lines_ = std::move(kept);
  for (const Held& held : std::exchange(held_, {})) close(held.mask, std::min(held.until, std::max(at, last + SessionTime(1))));
  Step step(at, std::max(at, last + SessionTime(1)), {before, after}, std::move(old), std::move(fresh));
  step.match_unchanged();
  step.match_moved();
  step.match_changed();
  bury(step);
  unearth(step, changed);
  for (LiveLine& line : step.fresh) lines_.push_back(std::move(line));
  sort();
}

void Tracker::sort() {
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
    if (step.left_without_heir(i) && old.masks.empty() && !old.loose && !old.remnant) {
      old.history.push_back({old.since, step.until, {}, {}, {}});
      vanished_.push_back({HiddenInk(step.change.before, old, old.line.box), std::move(old.history)});
    }
    std::vector<LiveMask> remaining;
    for (std::size_t m = 0; m < old.masks.size(); ++m) {
      if (step.continued[i][m]) continue;
      if (still_shows(step, old.masks[m])) {
        remaining.push_back(old.masks[m]);
      } else {
        end(step, old.masks[m]);
        if (!step.moved_away[i] && !old.masks[m].hidden.empty()) ended_.push_back(old.masks[m]);
      }
    }
    const bool seen_again = std::any_of(step.fresh.begin(), step.fresh.end(), [&](const LiveLine& young) {
      return young.line.box.intersects(old.line.box);
    });
    if (old.covered && !old.unread_ink) old.unread_ink = HiddenInk(step.change.before, old, old.line.box);
    const bool unread_remains = old.covered && !step.moved_away[i] && !seen_again && !old.loose && old.unread_ink->stands_on(step.change.after);
    if (!remaining.empty() || unread_remains) {
      old.masks = std::move(remaining);
      old.remnant = true;
      lines_.push_back(std::move(old));
    } else if (old.covered_since) {
      ledger_.unread(*old.covered_since, step.until, snapped_outwards(old.line.box), old.line.background);
    }
  }
}

// A window that hid a secret with its label may leave the secret alone, or a part of it.
void Tracker::unearth(Step& step, std::span<const Rect> changed) {
  std::erase_if(ended_, [&](const LiveMask& mask) {
    if (std::ranges::none_of(changed, [&](const Rect& area) { return area.intersects(mask.box); })) return false;
    bool masked = false;
    for (std::size_t f = 0; f < step.fresh.size(); ++f) {
      LiveLine& young = step.fresh[f];
      if (!young.line.box.intersects(mask.box)) continue;
      if (step.settled[f] || !mask.made_up_by(step.change.after, young)) continue;
      add_mask(young, mask.moved({}, step.at));
      masked = true;
    }
    if (masked || !mask.leaves_traces(step.change.after, read_in(step, mask.box))) return masked;
    LiveLine left;
    left.line = {mask.box, mask.paper, kInkDistance, true};
    left.reading = std::make_shared<const Reading>();
    left.remnant = true;
    left.since = step.at;
    left.masks.push_back(mask.moved({}, step.at));
    left.hide_lessons();
    lines_.push_back(std::move(left));
    return true;
  });
  while (ended_.size() > kMostEnded) ended_.pop_front();
  while (vanished_.size() > kMostEnded) vanished_.pop_front();
}

void Tracker::reach_back(const std::vector<Placement>& history, const Mask& mask) {
  for (const Placement& placement : history) {
    if (!placement.shared.meet(mask.box)) continue;
    Rect there = moved(mask.box, placement.offset);
    there.width += placement.spread.width, there.height += placement.spread.height;
    ledger_.mask({mask.rule, placement.from, placement.to, there, mask.paper, mask.secret});
  }
}

// Most of it, or a few pixels where nothing is read.
bool Tracker::still_shows(const Step& step, const LiveMask& mask) const {
  return mask.stands_on(step.change.after) || mask.leaves_traces(step.change.after, read_in(step, mask.box));
}

// Where lines have been read, those that did not change among them.
std::vector<Rect> Tracker::read_in(const Step& step, const Rect& box) const {
  std::vector<Rect> read;
  for (const std::vector<LiveLine>* lines : {&lines_, &step.fresh}) {
    for (const LiveLine& line : *lines) {
      if (!line.remnant && line.reading->kind == LineKind::read && line.line.box.intersects(box)) read.push_back(line.line.box);
    }
  }
  return read;
}

// A line that is new in its place may have come in part, with a few of the mask's characters beside it, too few to tell: the mask stays
// until the next state, if that comes soon.
void Tracker::end(const Step& step, const LiveMask& mask) {
  bool new_line = false;
  for (std::size_t f = 0; f < step.fresh.size(); ++f) new_line = new_line || (!step.settled[f] && step.fresh[f].line.box.intersects(mask.box));
  if (new_line) {
    held_.push_back({mask, step.until + kHold});
  } else {
    close(mask, step.until);
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

void Tracker::mask(const Change& change, std::size_t line, const std::string& rule, const Rect& box) {
  LiveLine& live = lines_[line];
  bool known = false;
  for (const LiveMask& present : live.masks) {
    if (present.rule != rule || !present.box.contains(box) || !present.to_birth) continue;
    if (present.found == live.since) return;
    known = true;
  }
  const std::uint32_t secret = secret_at(live, rule, box);
  const Mask now{rule, live.since, live.since, box, live.line.background, secret};
  if (!known) reach_back(live.history, now);
  // A piece of it that a window left, and then hid, before there was anything to tell what it is a piece of.
  for (const Vanished& piece : vanished_) {
    if (piece.ink.place().intersects(box) && piece.ink.mostly_stands_on(change.after)) reach_back(piece.history, now);
  }
  // A letter that was too little for a line: what stood there is there still.
  const bool born = live.since == at_ && live.history.empty();
  if (born && mostly_same(remaining_ink(change, live.line.box, live.line))) reach_back({{last_, at_, {}, {}, {}}}, now);
  // What was found in what the line was before is not needed any more where this hides the same.
  std::erase_if(live.masks, [&](const LiveMask& older) {
    const bool needed = older.found == live.since || !older.hides_only(box);
    if (!needed) close(older, live.since);
    return !needed;
  });
  std::erase_if(held_, [&](const Held& held) {
    const bool needed = !held.mask.hides_only(box);
    if (!needed) close(held.mask, live.since);
    return !needed;
  });
  LiveMask found{rule, box, live.line.background, live.since, true, secret, live.since, {}};
  if (HiddenInk ink(change.after, live, box); !ink.place().empty()) found.hidden.push_back(std::move(ink));
  live.masks.push_back(std::move(found));
}

void Tracker::add(SessionTime at, std::vector<LiveLine> loose) {
  std::erase_if(lines_, [&](const LiveLine& line) {
    const bool again = line.loose && std::any_of(loose.begin(), loose.end(), [&](const LiveLine& young) { return young.line.box.intersects(line.line.box); });
    if (again && line.covered_since) ledger_.unread(*line.covered_since, at, snapped_outwards(line.line.box), line.line.background);
    return again;
  });
  for (LiveLine& line : loose) lines_.push_back(std::move(line));
  sort();
}

void Tracker::settle_unread(SessionTime at) {
  for (LiveLine& line : lines_) {
    if (!line.covered) continue;
    const bool masked = std::any_of(lines_.begin(), lines_.end(), [&](const LiveLine& other) {
      return std::any_of(other.masks.begin(), other.masks.end(), [&](const LiveMask& mask) { return mask.box.contains(line.line.box); });
    });
    if (masked && line.covered_since) ledger_.unread(*std::exchange(line.covered_since, {}), at, snapped_outwards(line.line.box), line.line.background);
    if (!masked && !line.covered_since) line.covered_since = at;
  }
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
  for (const Held& held : held_) ledger.mask(closed(held.mask, held.until));
  for (const LiveLine& line : lines_) {
    for (const LiveMask& mask : line.masks) ledger.mask(closed(mask, SessionTime::max()));
    if (line.covered_since) ledger.unread(*line.covered_since, SessionTime::max(), snapped_outwards(line.line.box), line.line.background);
  }
  return ledger;
}

}  // namespace frostgate::redaction
