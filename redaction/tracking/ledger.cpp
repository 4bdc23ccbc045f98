#include "redaction/tracking/ledger.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace frostgate::redaction {
namespace {

// Above this many masks, boxes inside others are left in: they cost a little rendering, nothing else.
constexpr std::size_t kMaxCompared = 4096;

auto place(const UnreadArea& area) {
  return std::tie(area.box.y, area.box.x, area.box.height, area.box.width, area.paper, area.from, area.to);
}

void join_in_time(std::vector<UnreadArea>& areas) {
  std::sort(areas.begin(), areas.end(), [](const UnreadArea& a, const UnreadArea& b) { return place(a) < place(b); });
  std::vector<UnreadArea> joined;
  for (const UnreadArea& area : areas) {
    if (!joined.empty() && joined.back().box == area.box && joined.back().paper == area.paper && area.from <= joined.back().to) {
      joined.back().to = std::max(joined.back().to, area.to);
    } else {
      joined.push_back(area);
    }
  }
  areas = std::move(joined);
}

// One secret is often found by several rules: what lies wholly in another box, and of equals all but the first, says
// nothing more.
void drop_contained(std::vector<Mask>& masks) {
  if (masks.size() > kMaxCompared) return;
  std::vector<Mask> kept;
  for (std::size_t i = 0; i < masks.size(); ++i) {
    const Mask& mask = masks[i];
    const bool contained = std::any_of(masks.begin(), masks.end(), [&](const Mask& other) {
      if (&other == &mask || !other.box.contains(mask.box) || other.from > mask.from || other.to < mask.to) return false;
      const bool equal = other.box == mask.box && other.from == mask.from && other.to == mask.to;
      return !equal || &other < &mask;
    });
    if (!contained) kept.push_back(mask);
  }
  masks = std::move(kept);
}

}  // namespace

void Ledger::mask(const std::string& rule, SessionTime from, SessionTime to, const Rect& box,
                  Colour paper) {
  if (to > from && !box.empty()) masks_[rule].push_back({from, to, box, paper});
}

void Ledger::unread(SessionTime from, SessionTime to, const Rect& box, Colour paper) {
  if (to > from && !box.empty()) unread_.push_back({from, to, box, paper});
}

std::vector<Mask> Ledger::take_masks() {
  std::vector<Mask> masks;
  for (auto& [rule, areas] : masks_) {
    join_in_time(areas);
    for (const UnreadArea& area : areas) masks.push_back({rule, area.from, area.to, area.box, area.paper});
  }
  masks_.clear();
  drop_contained(masks);
  std::stable_sort(masks.begin(), masks.end(), [](const Mask& a, const Mask& b) { return a.from < b.from; });
  return masks;
}

std::vector<UnreadArea> Ledger::take_unread() {
  join_in_time(unread_);
  std::stable_sort(unread_.begin(), unread_.end(), [](const UnreadArea& a, const UnreadArea& b) { return a.from < b.from; });
  return std::exchange(unread_, {});
}

}  // namespace frostgate::redaction
