// Sizes, rectangles and damage, in pixels; x grows to the right, y downwards.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

namespace frostgate {

// No screen is larger on a side (MS-RDPBCGR 2.2.1.3.2 allows 8192 a side for one; a wall of them is taken as one surface).
inline constexpr int kMaxScreenSide = 16384;
inline constexpr std::int64_t kMaxScreenPixels = 64LL * 1024 * 1024;

struct Point {
  int x = 0;
  int y = 0;
  friend bool operator==(const Point&, const Point&) = default;
};

struct Size {
  int width = 0;
  int height = 0;
  bool empty() const { return width <= 0 || height <= 0; }
  std::int64_t area() const { return std::int64_t{width} * height; }
  // Whether a peer may ask us to hold a surface of this size.
  bool acceptable() const {
    return !empty() && width <= kMaxScreenSide && height <= kMaxScreenSide && area() <= kMaxScreenPixels;
  }
  friend bool operator==(const Size&, const Size&) = default;
};

// What does not fit an int becomes the nearest that does: a hostile rectangle is cut, never wrapped round.
constexpr int saturated(std::int64_t value) {
  return static_cast<int>(std::clamp<std::int64_t>(value, std::numeric_limits<int>::min(), std::numeric_limits<int>::max()));
}

struct Rect {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;

  static Rect of(Size size) { return {0, 0, size.width, size.height}; }
  static Rect between(int left, int top, int right, int bottom) {
    return {left, top, saturated(std::int64_t{right} - left), saturated(std::int64_t{bottom} - top)};
  }
  int right() const { return saturated(std::int64_t{x} + width); }
  int bottom() const { return saturated(std::int64_t{y} + height); }
  bool empty() const { return width <= 0 || height <= 0; }
  std::int64_t area() const { return empty() ? 0 : std::int64_t{width} * height; }
  bool intersects(const Rect& other) const {
    return !empty() && !other.empty() && x < other.right() && other.x < right() && y < other.bottom() && other.y < bottom();
  }
  bool contains(const Rect& other) const {
    return x <= other.x && y <= other.y && right() >= other.right() && bottom() >= other.bottom();
  }
  Rect intersected(const Rect& other) const {
    const int left = std::max(x, other.x), top = std::max(y, other.y);
    const int r = std::min(right(), other.right()), b = std::min(bottom(), other.bottom());
    return r > left && b > top ? between(left, top, r, b) : Rect{};
  }
  Rect united(const Rect& other) const {
    if (empty()) return other;
    if (other.empty()) return *this;
    return between(std::min(x, other.x), std::min(y, other.y), std::max(right(), other.right()),
                   std::max(bottom(), other.bottom()));
  }
  Rect expanded(int dx, int dy) const {
    return {saturated(std::int64_t{x} - dx), saturated(std::int64_t{y} - dy), saturated(width + 2 * std::int64_t{dx}),
            saturated(height + 2 * std::int64_t{dy})};
  }
  friend bool operator==(const Rect&, const Rect&) = default;
};

// The damage of an update: rectangles that together cover every changed pixel. They may overlap. Bounded: past
// kMaxRects the cheapest neighbours are merged, so the cover only ever grows.
class Region {
 public:
  static constexpr std::size_t kMaxRects = 64;

  Region() = default;
  Region(const Rect& rect) { add(rect); }

  void add(const Rect& rect);
  void add(const Region& other);
  void clip(const Rect& bounds);
  void clear() { rects_.clear(); }

  bool empty() const { return rects_.empty(); }
  // Whether one more may be merged with another.
  bool full() const { return rects_.size() >= kMaxRects; }
  bool intersects(const Rect& rect) const;
  Rect bounds() const;
  // Sum of the rectangles' areas: an upper bound of the pixels covered.
  std::int64_t area() const;
  const std::vector<Rect>& rects() const { return rects_; }

 private:
  std::vector<Rect> rects_;
};

}  // namespace frostgate
