#include "redaction/plan.h"

#include <algorithm>
#include <tuple>

namespace frostgate::redaction {
namespace {

// `from` first, so that the first difference is the earliest.
template <class Entry>
auto place(const Entry& entry) {
  return std::tie(entry.from, entry.to, entry.box.y, entry.box.x, entry.box.height, entry.box.width, entry.paper);
}

auto place(const RegionArea& area) {
  return std::tie(area.from, area.to, area.box.y, area.box.x, area.box.height, area.box.width);
}

auto place(const Hold& hold) {
  return std::tie(hold.from, hold.to, hold.box.y, hold.box.x, hold.box.height, hold.box.width, hold.covered);
}

// The entries that matter up to `until`, and no further than that.
template <class Entry>
std::vector<Entry> decided(const std::vector<Entry>& entries, SessionTime until) {
  std::vector<Entry> out;
  for (const Entry& entry : entries) {
    if (entry.from > until) break;
    out.push_back(entry);
    if (entry.to > until) out.back().to = SessionTime::max();
  }
  std::sort(out.begin(), out.end(), [](const Entry& a, const Entry& b) { return place(a) < place(b); });
  return out;
}

template <class Entry>
SessionTime first_difference(const std::vector<Entry>& a, const std::vector<Entry>& b, SessionTime until) {
  const std::vector<Entry> mine = decided(a, until), theirs = decided(b, until);
  const auto [one, other] = std::mismatch(mine.begin(), mine.end(), theirs.begin(), theirs.end(), [](const Entry& x, const Entry& y) {
    return place(x) == place(y);
  });
  SessionTime first = SessionTime::max();
  if (one != mine.end()) first = std::min(first, one->from);
  if (other != theirs.end()) first = std::min(first, other->from);
  return first;
}

}  // namespace

SessionTime RedactionPlan::differs_from(const RedactionPlan& before) const {
  const SessionTime until = std::min(until_, before.until_);
  return std::min({first_difference(masks_, before.masks_, until), first_difference(unread_, before.unread_, until),
                   first_difference(regions_, before.regions_, until), first_difference(holds_, before.holds_, until)});
}

}  // namespace frostgate::redaction
