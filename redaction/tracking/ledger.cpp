#include "redaction/tracking/ledger.h"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>


namespace frostgate::redaction {
namespace {

// Above this many masks, boxes inside others are left in: they cost a little rendering, nothing else.
constexpr std::size_t kMaxCompared = 4096;
constexpr int kFirstGrid = 64, kLastGrid = 4096;
constexpr auto kFirstGap = std::chrono::seconds(1);
constexpr auto kLongestGap = std::chrono::hours(4);

auto place(const UnreadArea& area) { return std::tie(area.box.y, area.box.x, area.box.height, area.box.width, area.paper); }

auto place(const Mask& mask) {
  return std::tuple(std::string_view(mask.rule), mask.box.y, mask.box.x, mask.box.height, mask.box.width, mask.paper);
}

// Joins entries of one place whose times meet, or lie at most `gap` apart.
template <class Entry>
void join_in_time(std::vector<Entry>& entries, Microseconds gap) {
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return place(a) != place(b) ? place(a) < place(b) : std::tie(a.from, a.to) < std::tie(b.from, b.to);
  });
  std::size_t kept = 0;
  for (std::size_t i = 1; i < entries.size(); ++i) {
    Entry& last = entries[kept];
    // `to` may be the end of time.
    if (place(last) == place(entries[i]) && entries[i].from - gap <= last.to) {
      last.to = std::max(last.to, entries[i].to);
    } else if (++kept != i) {
      entries[kept] = std::move(entries[i]);
    }
  }
  if (!entries.empty()) entries.resize(kept + 1);
}

Rect snapped(const Rect& box, int grid) {
  const auto down = [grid](int value) { return (value >= 0 ? value : value - grid + 1) / grid * grid; };
  return Rect::between(down(box.x), down(box.y), -down(-box.right()), -down(-box.bottom()));
}

// Over longer and longer gaps, then on a coarser and coarser grid.
template <class Entry>
void make_fewer(std::vector<Entry>& entries, std::size_t most) {
  join_in_time(entries, Microseconds(0));
  for (int grid = kFirstGrid; grid <= kLastGrid; grid *= 2) {
    for (Microseconds gap = kFirstGap; gap <= kLongestGap; gap *= 4) {
      if (entries.size() <= most / 2) return;
      join_in_time(entries, gap);
    }
    for (Entry& entry : entries) entry.box = snapped(entry.box, grid);
  }
}

template <class Entry>
void add(std::vector<Entry>& entries, Entry entry, std::size_t most, std::size_t& due) {
  if (entry.to <= entry.from || entry.box.empty()) return;
  entries.push_back(std::move(entry));
  if (entries.size() < due) return;
  make_fewer(entries, most);
  due = std::max(most, entries.size() * 2);
}

// One secret is often found by several rules: what lies wholly in another box, and of equals all but the first, says
// nothing more.
void drop_contained(std::vector<Mask>& masks) {
  if (masks.size() > kMaxCompared) return;
  std::vector<Mask> kept;
  for (const Mask& mask : masks) {
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

void Ledger::mask(Mask mask) { add(masks_, std::move(mask), most_, masks_due_); }

void Ledger::unread(SessionTime from, SessionTime to, const Rect& box, Colour paper) {
  add(unread_, {from, to, box, paper}, most_, unread_due_);
}

std::vector<Mask> Ledger::take_masks() {
  join_in_time(masks_, Microseconds(0));
  drop_contained(masks_);
  std::stable_sort(masks_.begin(), masks_.end(), [](const Mask& a, const Mask& b) { return a.from < b.from; });
  return std::exchange(masks_, {});
}

std::vector<UnreadArea> Ledger::take_unread() {
  join_in_time(unread_, Microseconds(0));
  std::stable_sort(unread_.begin(), unread_.end(), [](const UnreadArea& a, const UnreadArea& b) { return a.from < b.from; });
  return std::exchange(unread_, {});
}

std::vector<UnreadArea> beside_masks(std::vector<UnreadArea> unread, const std::vector<Mask>& masks, const Rect& screen) {
  if (masks.size() > kMaxCompared || unread.size() > kMaxCompared) return unread;
  std::erase_if(unread, [&](const UnreadArea& area) {
    const Rect seen = area.box.intersected(screen);
    return std::any_of(masks.begin(), masks.end(), [&](const Mask& mask) {
      return mask.from <= area.from && mask.to >= area.to && mask.box.contains(seen);
    });
  });
  return unread;
}

}  // namespace frostgate::redaction
