#include "gateway/relay/rdp/motion.h"

#include <catch2/catch.hpp>

using namespace frostgate::relay::rdp;
using std::chrono::milliseconds;

namespace {

constexpr Motion::Clock::time_point kStart{std::chrono::hours(1)};

// Changes tile 0 every `interval` for `span`; whether it moves at the end, and when that is.
bool moves_after(Motion& motion, milliseconds interval, milliseconds span, Motion::Clock::time_point& now) {
  for (const auto end = now + span; now < end; now += interval) motion.changed(0, now);
  return motion.moves(0, now);
}

}  // namespace

TEST_CASE("a tile moves that changes 25 times a second, not one in which somebody types, and not its neighbour") {
  Motion motion(2);
  auto now = kStart;
  CHECK_FALSE(moves_after(motion, milliseconds(200), std::chrono::seconds(20), now));
  CHECK(moves_after(motion, milliseconds(40), milliseconds(400), now));
  CHECK_FALSE(motion.moves(1, now));
}

TEST_CASE("a burst within one moment is one change, and a few changes are no video") {
  Motion motion(1);
  for (int i = 0; i < 100; ++i) motion.changed(0, kStart);
  CHECK_FALSE(motion.moves(0, kStart));
  auto now = kStart;
  CHECK_FALSE(moves_after(motion, milliseconds(40), milliseconds(120), now));
}

TEST_CASE("what was shown with loss settles once, when it has been still for a while") {
  Motion motion(3);
  auto now = kStart;
  REQUIRE(moves_after(motion, milliseconds(40), std::chrono::seconds(1), now));
  CHECK_FALSE(motion.next_settling());
  motion.shown_with_loss(0);
  motion.shown_with_loss(0);
  REQUIRE(motion.next_settling());
  CHECK(motion.settle(now, 9).empty());
  motion.changed(0, now);
  const auto due = *motion.next_settling();
  CHECK(due > now + Motion::kStill);
  CHECK(motion.settle(due, 9) == std::vector<std::size_t>{0});
  CHECK_FALSE(motion.moves(0, due));
  CHECK_FALSE(motion.next_settling());
  CHECK(motion.settle(due + std::chrono::hours(1), 9).empty());
}

TEST_CASE("a video that paused and goes on moves again soon") {
  Motion motion(1);
  auto now = kStart;
  REQUIRE(moves_after(motion, milliseconds(40), std::chrono::seconds(1), now));
  now += std::chrono::seconds(2);
  CHECK_FALSE(motion.moves(0, now));
  CHECK(moves_after(motion, milliseconds(40), milliseconds(400), now));
}

TEST_CASE("what is still of what was shown with loss settles so many tiles at a time") {
  Motion motion(5);
  for (const std::size_t tile : {0, 2, 3, 4}) motion.shown_with_loss(tile);
  motion.changed(2, kStart);
  const auto now = kStart + milliseconds(100);
  CHECK(motion.settle(now, 2) == std::vector<std::size_t>{0, 3});
  CHECK(motion.settle(now, 2) == std::vector<std::size_t>{4});
  CHECK(motion.settle(now, 2).empty());
  CHECK(motion.settle(*motion.next_settling(), 2) == std::vector<std::size_t>{2});
}
