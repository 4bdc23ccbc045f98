#include "gateway/relay/size_wish.h"

#include <catch2/catch.hpp>
#include <vector>

using namespace frostgate;
using namespace frostgate::relay;
using namespace std::chrono_literals;

TEST_CASE("one surface lies around all monitors, within what a monitor may be") {
  const auto around = [](std::vector<Monitor> monitors) { return size_around(monitors); };
  CHECK(around({{0, 0, 1920, 1080}}) == Size{1920, 1080});
  CHECK(around({{0, 0, 1921, 1080}}) == Size{1920, 1080});
  CHECK(around({{0, 0, 1920, 1080}, {-1280, 200, 1280, 1024}}) == Size{3200, 1224});
  CHECK(around({{0, 0, 1, 0}}) == Size{200, 200});
  CHECK_FALSE(around({}));
  // Hostile: each is clamped or refused, none overflows.
  for (const Monitor& monitor : {Monitor{INT32_MIN, INT32_MIN, UINT32_MAX, UINT32_MAX}, Monitor{INT32_MAX, INT32_MAX, UINT32_MAX, 1}}) {
    const auto size = around({monitor, {0, 0, 800, 600}});
    CHECK((!size || (size->acceptable() && size->width <= 8192 && size->height <= 8192)));
  }
}

TEST_CASE("of many wishes the last is asked for, at most one in an interval, and none twice") {
  SizeWish wish;
  const SizeWish::Clock::time_point start{1h};
  CHECK_FALSE(wish.take(start));
  CHECK_FALSE(wish.wait(start));
  wish.wish({{800, 600}, std::nullopt});
  CHECK(wish.wait(start) == 0ms);
  CHECK(wish.take(start) == ScreenWish{{800, 600}, std::nullopt});
  CHECK_FALSE(wish.take(start + 1h));
  for (int width = 802; width < 900; width += 2) wish.wish({{width, 600}, std::nullopt});
  CHECK(wish.wait(start + 100ms) == SizeWish::kInterval - 100ms);
  CHECK_FALSE(wish.take(start + 100ms));
  CHECK(wish.take(start + SizeWish::kInterval) == ScreenWish{{898, 600}, std::nullopt});
  wish.wish({{898, 600}, std::nullopt});
  CHECK_FALSE(wish.take(start + 1h));
  wish.wish({{898, 600}, DisplayScale{200, 180}});
  CHECK(wish.take(start + 1h) == ScreenWish{{898, 600}, DisplayScale{200, 180}});
}

TEST_CASE("a target may change its size as often as people do, and not without an end") {
  SizeChanges changes;
  SizeChanges::Clock::time_point now{1h};
  // A window's edge that is dragged for ten minutes.
  for (int i = 0; i < 1200; ++i) REQUIRE(changes.note(now += SizeWish::kInterval));
  now += SizeChanges::kSpan + 1ms;
  for (std::size_t i = 0; i < SizeChanges::kMost; ++i) REQUIRE(changes.note(now));
  const Result<void> more = changes.note(now);
  REQUIRE_FALSE(more);
  CHECK(more.error().kind == ErrorKind::corrupt);
  CHECK_FALSE(changes.note(now + SizeChanges::kSpan));
  CHECK(changes.note(now + SizeChanges::kSpan + 1ms));
}
