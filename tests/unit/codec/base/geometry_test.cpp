#include "codec/base/geometry.h"

#include <catch2/catch.hpp>
#include <limits>

using namespace frostgate;

TEST_CASE("a region covers every rectangle that was added, however many") {
  Region region;
  std::vector<Rect> added;
  for (int i = 0; i < 500; ++i) {
    const Rect rect{(i * 37) % 1900, (i * 91) % 1000, 1 + i % 60, 1 + i % 17};
    added.push_back(rect);
    region.add(rect);
  }
  CHECK(region.rects().size() <= Region::kMaxRects);
  for (const Rect& rect : added) {
    bool covered = false;
    for (const Rect& have : region.rects()) covered = covered || have.contains(rect);
    CHECK(covered);
  }
}

TEST_CASE("a rectangle at the ends of the number range is cut there, never wrapped round") {
  constexpr int kMax = std::numeric_limits<int>::max(), kMin = std::numeric_limits<int>::min();
  const Rect screen{0, 0, 1920, 1080};
  for (const Rect& rect : {Rect{kMax, kMax, kMax, kMax}, Rect{kMax - 5, 0, 10, 10}, Rect{100, 100, kMax, kMax},
                           Rect{1, 1, kMax, 1}, Rect{kMin, kMin, kMax, kMax}, Rect{kMin, kMin, kMin, kMin}}) {
    CHECK((rect.empty() || (rect.right() >= rect.x && rect.bottom() >= rect.y)));
    CHECK(screen.contains(screen.intersected(rect)));
    CHECK(screen.intersected(rect.expanded(100, 100)).contains(screen.intersected(rect)));
  }
  CHECK(Rect{100, 100, kMax, kMax}.right() == kMax);
  CHECK(screen.intersected({100, 100, kMax, kMax}) == Rect{100, 100, 1820, 980});
  CHECK(Rect::between(kMin, 0, kMax, 1).width == kMax);
}

TEST_CASE("a region ignores empty rectangles and swallows contained ones") {
  Region region;
  region.add(Rect{5, 5, 0, 10});
  CHECK(region.empty());
  region.add(Rect{10, 10, 5, 5});
  region.add(Rect{0, 0, 100, 100});
  region.add(Rect{1, 1, 2, 2});
  CHECK(region.rects().size() == 1);
}

TEST_CASE("clipping a region drops what lies outside") {
  Region region(Rect{-10, -10, 30, 30});
  region.add(Rect{200, 0, 10, 10});
  region.clip(Rect{0, 0, 100, 100});
  REQUIRE(region.rects().size() == 1);
  CHECK(region.rects()[0] == Rect{0, 0, 20, 20});
}

TEST_CASE("a screen of hostile size is not acceptable") {
  CHECK(Size{1920, 1080}.acceptable());
  CHECK(Size{16384, 4096}.acceptable());
  CHECK_FALSE(Size{0, 100}.acceptable());
  CHECK_FALSE(Size{-5, 100}.acceptable());
  CHECK_FALSE(Size{32767, 32767}.acceptable());
  CHECK_FALSE(Size{16384, 16384}.acceptable());
}
