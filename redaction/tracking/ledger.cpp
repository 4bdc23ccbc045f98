#include "redaction/tracking/ledger.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace frostgate::redaction {
namespace {

// Above this many entries of one rule, boxes inside others are left in: they cost a little rendering, nothing else.
constexpr std::size_t kMaxCompared = 4096;

auto place(const UnreadArea& area) {
  return std::tie(area.box.y, area.box.x, area.box.height, area.box.width, area.from, area.to);
}

void join_in_time(std::vector<UnreadArea>& areas) {
  std::sort(areas.begin(), areas.end(), [](const UnreadArea& a, const UnreadArea& b) { return place(a) < place(b); });
  std::vector<UnreadArea> joined;
  for (const UnreadArea& area : areas) {
    if (!joined.empty() && joined.back().box == area.box && area.from <= joined.back().to) {
      joined.back().to = std::max(joined.back().to, area.to);
    } else {
      joined.push_back(area);
    }
  }
  areas = std::move(joined);
}

void drop_contained(std::vector<UnreadArea>& areas) {
  if (areas.size() > kMaxCompared) return;
  std::vector<UnreadArea> kept;
  for (std::size_t i = 0; i < areas.size(); ++i) {
    const bool contained = std::any_of(areas.begin(), areas.end(), [&](const UnreadArea& other) {
      return &other != &areas[i] && other.box != areas[i].box && other.box.contains(areas[i].box) &&
             other.from <= areas[i].from && other.to >= areas[i].to;
    });
    if (!contained) kept.push_back(areas[i]);
  }
  areas = std::move(kept);
}

}  // namespace

void Ledger::mask(const std::string& rule, SessionTime from, SessionTime to, const Rect& box) {
  if (to > from && !box.empty()) masks_[rule].push_back({from, to, box});
}

void Ledger::unread(SessionTime from, SessionTime to, const Rect& box) {
  if (to > from && !box.empty()) unread_.push_back({from, to, box});
}

std::vector<Mask> Ledger::take_masks() {
  std::vector<Mask> masks;
  for (auto& [rule, areas] : masks_) {
    join_in_time(areas);
    drop_contained(areas);
    for (const UnreadArea& area : areas) masks.push_back({rule, area.from, area.to, area.box});
  }
  masks_.clear();
  std::stable_sort(masks.begin(), masks.end(), [](const Mask& a, const Mask& b) { return a.from < b.from; });
  return masks;
}

std::vector<UnreadArea> Ledger::take_unread() {
  join_in_time(unread_);
  std::stable_sort(unread_.begin(), unread_.end(), [](const UnreadArea& a, const UnreadArea& b) { return a.from < b.from; });
  return std::exchange(unread_, {});
}

}  // namespace frostgate::redaction
