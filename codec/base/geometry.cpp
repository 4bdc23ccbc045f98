#include "codec/base/geometry.h"

#include <limits>

namespace frostgate {

void Region::add(const Rect& rect) {
  if (rect.empty()) return;
  for (const Rect& have : rects_) {
    if (have.contains(rect)) return;
  }
  std::erase_if(rects_, [&](const Rect& have) { return rect.contains(have); });
  if (rects_.size() < kMaxRects) {
    rects_.push_back(rect);
    return;
  }
  std::size_t best = 0;
  std::int64_t best_growth = std::numeric_limits<std::int64_t>::max();
  for (std::size_t i = 0; i < rects_.size(); ++i) {
    const std::int64_t growth = rects_[i].united(rect).area() - rects_[i].area();
    if (growth < best_growth) {
      best_growth = growth;
      best = i;
    }
  }
  const Rect merged = rects_[best].united(rect);
  rects_.erase(rects_.begin() + static_cast<std::ptrdiff_t>(best));
  add(merged);
}

void Region::add(const Region& other) {
  for (const Rect& rect : other.rects_) add(rect);
}

void Region::clip(const Rect& bounds) {
  for (Rect& rect : rects_) rect = rect.intersected(bounds);
  std::erase_if(rects_, [](const Rect& rect) { return rect.empty(); });
}

bool Region::intersects(const Rect& rect) const {
  return std::any_of(rects_.begin(), rects_.end(), [&](const Rect& have) { return have.intersects(rect); });
}

Rect Region::bounds() const {
  Rect all;
  for (const Rect& rect : rects_) all = all.united(rect);
  return all;
}

std::int64_t Region::area() const {
  std::int64_t sum = 0;
  for (const Rect& rect : rects_) sum += rect.area();
  return sum;
}

}  // namespace frostgate
