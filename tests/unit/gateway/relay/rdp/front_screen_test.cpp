#include "gateway/relay/rdp/front_screen.h"

#include <catch2/catch.hpp>
#include <random>

using namespace frostgate;
using namespace frostgate::relay;
using namespace frostgate::relay::rdp;

namespace {

constexpr Size kSurfaceSize{1922, 300};  // the last column of tiles is two pixels wide
constexpr Motion::Clock::time_point kNow{std::chrono::hours(1)};

Frame noisy(unsigned seed) {
  std::mt19937 random(seed);
  Frame frame(kSurfaceSize);
  for (int y = 0; y < kSurfaceSize.height; ++y)
    for (int x = 0; x < kSurfaceSize.width * kBytesPerPixel; ++x) frame.row(y)[x] = static_cast<std::uint8_t>(random() | 1);
  return frame;
}

void invert(Frame& frame, const Rect& rect) {
  for (int y = rect.y; y < rect.bottom(); ++y)
    for (int x = rect.x * kBytesPerPixel; x < rect.right() * kBytesPerPixel; ++x) frame.row(y)[x] ^= 0xff;
}

// What a client shows that had `before` and was sent what is due.
Frame shown(FrontScreen& screen, Frame before) {
  for (const Rect& due : screen.take_due(10'000)) {
    const FrameView pixels = screen.pixels(due);
    for (int y = 0; y < due.height; ++y) std::copy_n(pixels.row(y), due.width * kBytesPerPixel, before.row(due.y + y) + due.x * kBytesPerPixel);
  }
  return before;
}

bool same(const Frame& a, const Frame& b) { return same_pixels(a.view(), b.view(), Rect::of(b.size())); }

}  // namespace

TEST_CASE("a client is sent what it has not seen, and nothing else") {
  Frame target = noisy(1);
  Surface surface;
  surface.commit(target.view(), {});
  FrontScreen screen(surface);
  screen.look(kNow);
  const Frame seen = shown(screen, Frame(kSurfaceSize));
  CHECK(same(seen, target));
  CHECK_FALSE(screen.due());

  for (const Rect& rect : {Rect{1921, 100, 1, 1}, Rect{129, 100, 3, 1}}) {
    invert(target, rect);
    surface.commit(target.view(), rect);
  }
  screen.look(kNow);
  CHECK(screen.take_due(10'000) == std::vector<Rect>{{129, 100, 3, 1}, {1921, 100, 1, 1}});

  // And what it asks for.
  screen.make_due({300, 90, 10, 20});
  CHECK(screen.take_due(10'000) == std::vector<Rect>{{300, 90, 10, 20}});
  screen.make_all_due();
  CHECK(same(shown(screen, Frame(kSurfaceSize)), target));
}

TEST_CASE("pixels that change before they are sent are sent as they are by then") {
  Frame target = noisy(1);
  Surface surface;
  surface.commit(target.view(), {});
  FrontScreen screen(surface);
  screen.look(kNow);
  const Rect changed{100, 100, 50, 50};
  invert(target, changed);
  surface.commit(target.view(), changed);
  CHECK(same(shown(screen, Frame(kSurfaceSize)), target));
  // The next look tells of them once more.
  screen.look(kNow);
  CHECK(same(shown(screen, target), target));
}

TEST_CASE("a surface that changes its size before its pixels are sent is sent whole") {
  const Frame target = noisy(1);
  Surface surface;
  surface.commit(target.view(), {});
  FrontScreen screen(surface);
  screen.look(kNow);
  Frame other({100, 80});
  other.row(70)[9] = 1;
  surface.commit(other.view(), {});
  // Also for who has not looked yet.
  CHECK(same(shown(screen, target), Frame(kSurfaceSize)));
  screen.make_all_due();
  screen.look(kNow);
  REQUIRE(screen.size() == Size{100, 80});
  CHECK(same(shown(screen, Frame(other.size())), other));
}

TEST_CASE("what was shown with loss is shown exactly in whole tiles once it is still, so many at a time, and a change between counts") {
  Frame target = noisy(1);
  Surface surface;
  surface.commit(target.view(), {});
  FrontScreen screen(surface);
  screen.look(kNow);
  (void)screen.take_due(10'000);
  CHECK(screen.with_loss({130, 200, 100, 20}) == Rect{128, 192, 128, 64});
  CHECK(screen.with_loss({1921, 290, 1, 10}) == Rect{1920, 256, 2, 44});
  CHECK_FALSE(screen.due());

  const auto changed = kNow + std::chrono::seconds(1);
  invert(target, {200, 210, 1, 1});
  surface.commit(target.view(), Rect{200, 210, 1, 1});
  screen.look(changed);
  CHECK(screen.take_due(10'000) == std::vector<Rect>{{200, 210, 1, 1}});
  CHECK(screen.take_settled(changed, 1) == std::vector<Rect>{{128, 192, 64, 64}});
  CHECK(screen.take_settled(changed, 100) == std::vector<Rect>{{1920, 256, 2, 44}});
  REQUIRE(screen.next_settling());
  CHECK(screen.take_settled(*screen.next_settling(), 100) == std::vector<Rect>{{192, 192, 64, 64}});
  CHECK_FALSE(screen.next_settling());
  CHECK_FALSE(screen.due());
}
