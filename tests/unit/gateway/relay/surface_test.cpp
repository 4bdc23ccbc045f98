#include "gateway/relay/surface.h"

#include <catch2/catch.hpp>
#include <cstring>
#include <numeric>
#include <random>
#include <thread>

using namespace frostgate;
using namespace frostgate::relay;

namespace {

// Changes every pixel there.
Rect repainted(Frame& frame, const Rect& rect) {
  const Rect inside = rect.intersected(Rect::of(frame.size()));
  for (int y = inside.y; y < inside.bottom(); ++y)
    for (int x = 4 * inside.x; x < 4 * inside.right(); ++x) frame.row(y)[x] ^= 0x5A;
  return rect;
}

}  // namespace

TEST_CASE("a reader sees all damage since its last look, once, and how many states it contains") {
  Surface surface;
  Surface::Reader reader(surface);
  CHECK(reader.take([](const auto&) { FAIL("nothing was committed"); }) == 0);

  Frame target({100, 50});
  surface.commit(target.view(), {});
  CHECK(reader.take([](const Surface::Reader::Look& look) {
    CHECK(look.resized);
    CHECK(look.damage.bounds() == Rect{0, 0, 100, 50});
  }) == 1);

  target.row(3)[0] = 9;
  surface.commit(target.view(), Rect{0, 3, 1, 1});
  surface.commit(target.view(), repainted(target, {90, 40, 500, 500}));
  CHECK(reader.take([](const Surface::Reader::Look& look) {
    CHECK_FALSE(look.resized);
    CHECK(look.frame.row(3)[0] == 9);
    CHECK(look.damage.rects().size() == 2);
    CHECK(Rect{0, 0, 100, 50}.contains(look.damage.bounds()));
  }) == 2);
  CHECK(reader.take([](const auto&) { FAIL("nothing new"); }) == 0);
}

TEST_CASE("what a target tells of and has not changed is no damage, and nothing else is left out") {
  Frame target({300, 200});
  Surface surface;
  surface.commit(target.view(), {});
  Surface::Reader reader(surface);
  reader.take([](const auto&) {});
  surface.commit(target.view(), Rect{0, 0, 300, 200});
  CHECK_FALSE(reader.changed.lower());
  CHECK(reader.take([](const auto&) {}) == 0);
  std::minstd_rand random(1);
  for (int turn = 0; turn < 200; ++turn) {
    const Rect told{static_cast<int>(random() % 200), static_cast<int>(random() % 150), static_cast<int>(1 + random() % 100), static_cast<int>(1 + random() % 50)};
    const Rect painted{told.x + static_cast<int>(random() % 8), told.y + static_cast<int>(random() % 8), 3, 2};
    repainted(target, painted.intersected(told));
    surface.commit(target.view(), told);
    reader.take([&](const Surface::Reader::Look& look) {
      CHECK(same_pixels(look.frame.view(), target.view(), Rect::of(target.size())));
      CHECK(told.contains(look.damage.bounds()));
      CHECK(look.damage.bounds().intersected(painted) == painted.intersected(told));
    });
  }
}

TEST_CASE("changed tiles beside and below each other are one rectangle of damage") {
  Frame target({640, 480});
  Surface surface;
  surface.commit(target.view(), {});
  Surface::Reader reader(surface);
  reader.take([](const auto&) {});
  repainted(target, {128, 64, 256, 192});
  surface.commit(target.view(), Rect{0, 0, 640, 480});
  reader.take([&](const Surface::Reader::Look& look) {
    REQUIRE(look.damage.rects().size() == 1);
    CHECK(look.damage.bounds() == Rect{128, 64, 256, 192});
  });
}

TEST_CASE("parts of a frame are shown as they come, and to who wants whole frames, as the recorder, when it is whole") {
  Frame target({100, 50});
  Surface surface;
  surface.commit(target.view(), {});
  Surface::Reader shown(surface), whole(surface, Surface::View::shown_whole), recorder(surface, Surface::View::target);
  const auto takes = [](Surface::Reader& reader) {
    Rect bounds;
    reader.take([&](const Surface::Reader::Look& look) { bounds = look.damage.bounds(); });
    return bounds;
  };
  for (Surface::Reader* reader : {&shown, &whole, &recorder}) CHECK(takes(*reader) == Rect{0, 0, 100, 50});

  surface.commit(target.view(), repainted(target, {0, 0, 10, 10}), true);
  CHECK(takes(shown) == Rect{0, 0, 10, 10});
  CHECK(takes(whole).empty());
  // What asks before the frame's end waits for it. On a machine that does not come to the rest in the 200 ms for which it does, once more.
  bool in_time = false;
  for (int tries = 0; tries < 20 && !in_time; ++tries) {
    std::jthread rest([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));  // that it does not come first
      surface.commit(target.view(), repainted(target, {0, 10, 10, 10}), true);
      surface.commit(target.view(), {});
    });
    const auto asked = std::chrono::steady_clock::now();
    const Rect recorded = takes(recorder);
    in_time = std::chrono::steady_clock::now() - asked < std::chrono::milliseconds(200);
    rest.join();
    if (in_time) {
      CHECK(recorded == Rect{0, 0, 10, 20});
    } else {
      for (Surface::Reader* reader : {&shown, &whole, &recorder}) takes(*reader);
      surface.commit(target.view(), repainted(target, {0, 0, 10, 10}), true);
      takes(shown);
    }
  }
  REQUIRE(in_time);
  CHECK(takes(shown) == Rect{0, 10, 10, 10});
  CHECK(takes(whole) == Rect{0, 0, 10, 20});
  CHECK(takes(shown).empty());
  CHECK_FALSE(shown.changed.lower());

  // It never ends: what was shown of it is recorded, and who wants it whole does without.
  surface.commit(target.view(), repainted(target, {50, 0, 10, 10}), true);
  CHECK(recorder.changed.lower());
  CHECK(takes(recorder) == Rect{50, 0, 10, 10});
  CHECK(takes(whole).empty());
}

TEST_CASE("who asks for it is shown what is about to change as it was, also all of a screen that changes its size") {
  Frame target({100, 50});
  Surface surface;
  surface.commit(target.view(), {});
  std::vector<std::pair<int, Rect>> changes;  // a pixel's colour before, and where it is to change
  Surface::Reader reader(surface, Surface::View::target, [&](const Frame& frame, const Region& damage) { changes.emplace_back(frame.row(3)[0], damage.bounds()); });
  target.row(3)[0] = 9;
  surface.commit(target.view(), Rect{0, 3, 1, 200});
  target.row(3)[0] = 10;
  surface.commit(target.view(), Rect{0, 3, 1, 1});
  surface.commit(target.view(), Rect{0, 60, 1, 1});  // outside
  surface.commit(Frame({20, 20}).view(), Rect{0, 0, 1, 1});
  CHECK(changes == std::vector<std::pair<int, Rect>>{{0, {0, 3, 1, 47}}, {9, {0, 3, 1, 1}}, {10, {0, 0, 100, 50}}});
}

TEST_CASE("how long a change was on its way counts from its commit until it is sent, once, and for readers of what is shown alone") {
  Surface surface(Size{100, 100});
  Surface::Reader reader(surface), recorder(surface, Surface::View::target);
  Frame picture({100, 100});
  const auto nothing = [](const auto&) {};
  reader.take(nothing);
  recorder.take(nothing);
  reader.sent();
  CHECK(surface.take_delays().empty());  // what a reader finds was there before

  const auto before = std::chrono::steady_clock::now();
  surface.commit(picture.view(), repainted(picture, {0, 0, 1, 1}));
  surface.commit(picture.view(), repainted(picture, {1, 0, 1, 1}));
  reader.take(nothing);
  recorder.take(nothing);
  surface.commit(picture.view(), repainted(picture, {2, 0, 1, 1}));
  reader.take(nothing);  // before what it took first was sent
  reader.sent();
  reader.sent();
  const auto at_most = std::chrono::steady_clock::now() - before;
  const Histogram delays = surface.take_delays();
  CHECK(std::accumulate(delays.counts().begin(), delays.counts().end(), std::uint64_t{0}) == 1);
  CHECK(delays.sum() <= at_most);
  CHECK(surface.take_delays().empty());
}

TEST_CASE("a resize is whole damage for every reader and drops damage in old coordinates") {
  Surface surface(Size{100, 100});
  Surface::Reader reader(surface);
  reader.take([](const auto&) {});
  Frame big({100, 100}), small({10, 20});
  surface.commit(big.view(), Rect{80, 80, 10, 10});
  surface.commit(small.view(), Rect{1, 1, 1, 1});
  reader.take([](const Surface::Reader::Look& look) {
    CHECK(look.resized);
    REQUIRE(look.damage.rects().size() == 1);
    CHECK(look.damage.rects()[0] == Rect{0, 0, 10, 20});
  });
}

TEST_CASE("an oversized or inconsistent cursor is ignored") {
  Surface surface(Size{10, 10});
  Surface::Reader reader(surface);
  reader.take([](const auto&) {});
  surface.set_cursor({{4096, 4096}, {}, {}});
  surface.set_cursor({{16, 16}, {}, std::vector<std::uint8_t>(3)});
  bool called = false;
  reader.take([&](const auto&) { called = true; });
  CHECK_FALSE(called);
  surface.set_cursor({{2, 2}, {1, 1}, std::vector<std::uint8_t>(16)});
  reader.take([&](const Surface::Reader::Look& look) {
    called = true;
    REQUIRE(look.cursor);
    CHECK(look.cursor->hotspot == Point{1, 1});
  });
  CHECK(called);
}

TEST_CASE("readers on other threads never see half a state") {
  Surface surface(Size{64, 64});
  Surface::Reader reader(surface);
  std::jthread painter([&](std::stop_token stop) {
    Frame frame({64, 64});
    for (std::uint8_t value = 0; !stop.stop_requested(); ++value) {
      std::memset(frame.row(0), value, 64 * 64 * 4);
      surface.commit(frame.view(), Rect{0, 0, 64, 64});
    }
  });
  bool torn = false;
  for (int looks = 0; looks < 200;) {
    if (reader.take([&](const Surface::Reader::Look& look) {
          torn = torn || std::memcmp(look.frame.row(0), look.frame.row(63), 64 * 4) != 0;
        })) {
      ++looks;
    }
  }
  CHECK_FALSE(torn);
}

TEST_CASE("a picture that is a part of a frame changes what lies under it, and nothing else") {
  Frame target({200, 150});
  Surface surface;
  surface.commit(target.view(), {});
  std::vector<std::pair<int, Rect>> before;  // a pixel's colour, and what will change
  Surface::Reader recorder(surface, Surface::View::target, [&](const Frame& frame, const Region& damage) { before.emplace_back(frame.row(70)[80 * kBytesPerPixel], damage.bounds()); });
  Surface::Reader shown(surface);
  for (Surface::Reader* reader : {&recorder, &shown}) reader->take([](const auto&) {});

  repainted(target, {64, 64, 100, 60});
  // Of what is there already nothing is told.
  surface.commit_part(target.view().part({0, 64, 164, 60}), {0, 64});
  shown.take([&](const Surface::Reader::Look& look) {
    CHECK(same_pixels(look.frame.view(), target.view(), Rect::of(target.size())));
    CHECK(look.damage.bounds() == Rect{64, 64, 100, 60});
  });
  CHECK(before == std::vector<std::pair<int, Rect>>{{0, {64, 64, 100, 60}}});
  surface.commit_part(target.view().part({64, 64, 100, 60}), {64, 64});
  CHECK_FALSE(shown.changed.lower());
  surface.commit(target.view(), {});
  CHECK(recorder.take([&](const Surface::Reader::Look& look) { CHECK(look.damage.bounds() == Rect{64, 64, 100, 60}); }) == 1);
}
