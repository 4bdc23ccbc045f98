#include "redaction/cover_timeline.h"

#include <algorithm>
#include <tuple>

namespace frostgate::redaction {
namespace {

auto order(const Rect& box) { return std::tie(box.y, box.x, box.height, box.width); }

// Moves the window of entries valid at `at` along; entries are sorted by `from`.
template <class Entry>
void advance(const std::vector<Entry>& entries, SessionTime at, std::size_t& next, std::vector<std::size_t>& open) {
  while (next < entries.size() && entries[next].from <= at) open.push_back(next++);
  std::erase_if(open, [&](std::size_t i) { return entries[i].to <= at; });
}

}  // namespace

bool Cover::operator<(const Cover& other) const {
  if (held != other.held) return other.held;
  return order(box) != order(other.box) ? order(box) < order(other.box) : paper < other.paper;
}

std::vector<Cover> CoverTimeline::at(SessionTime at, Size screen) {
  if (at > plan_->until()) return {{Rect::of(screen), std::nullopt}};
  advance(plan_->masks(), at, next_mask_, open_masks_);
  advance(plan_->unread(), at, next_unread_, open_unread_);
  advance(plan_->regions(), at, next_region_, open_regions_);
  advance(plan_->holds(), at, next_hold_, open_holds_);
  std::vector<Cover> covers;
  const auto add = [&](const Rect& box, std::optional<Colour> paper) {
    const Rect visible = box.intersected(Rect::of(screen));
    if (!visible.empty()) covers.push_back({visible, paper});
  };
  for (const std::size_t i : open_regions_) add(plan_->regions()[i].box, std::nullopt);
  for (const std::size_t i : open_holds_) {
    if (plan_->holds()[i].covered) add(plan_->holds()[i].box, std::nullopt);
  }
  for (const std::size_t i : open_masks_) add(plan_->masks()[i].box, plan_->masks()[i].paper);
  for (const std::size_t i : open_unread_) add(plan_->unread()[i].box, plan_->unread()[i].paper);
  std::sort(covers.begin(), covers.end());
  covers.erase(std::unique(covers.begin(), covers.end(), [](const Cover& a, const Cover& b) { return a.box == b.box; }),
               covers.end());
  // A box inside another would only show the other's outline within it.
  const std::vector<Cover> all = covers;
  std::erase_if(covers, [&](const Cover& cover) {
    return std::any_of(all.begin(), all.end(), [&](const Cover& other) {
      return other.box != cover.box && other.box.contains(cover.box);
    });
  });
  for (const std::size_t i : open_holds_) {
    const Hold& hold = plan_->holds()[i];
    const Rect visible = hold.box.intersected(Rect::of(screen));
    if (!hold.covered && hold.from < at && !visible.empty()) covers.push_back({visible, std::nullopt, true});
  }
  return covers;
}

}  // namespace frostgate::redaction
