#include "gateway/relay/rdp/front_screen.h"

#include <catch2/catch.hpp>
#include <random>

using namespace frostgate;
using namespace frostgate::relay;
using namespace frostgate::relay::rdp;

namespace {

constexpr Size kSurfaceSize{1922, 300};  // the last column of tiles is two pixels wide
constexpr Motion::Clock::time_point kSentAt{std::chrono::hours(1)};

Frame noisy(unsigned seed) {
  std::mt19937 random(seed);
  Frame frame(kSurfaceSize);
  for (int y = 0; y < kSurfaceSize.height; ++y)
    for (int x = 0; x < kSurfaceSize.width * kBytesPerPixel; ++x) frame.row(y)[x] = static_cast<std::uint8_t>(random() | 1);
  return frame;
}

// Whether what is due is there, and with it the pixels beside it without which a narrow piece cannot be coded.
bool due_as_in(FrontScreen& screen, const Frame& target) {
  bool same = true;
  for (const Rect& due : screen.take_due(10'000)) {
    const int left = std::min(due.x / 4 * 4, kSurfaceSize.width - FrontScreen::kLeastWidth);
    same = same && same_pixels(screen.view(), target.view(), Rect::between(left, due.y, due.right(), due.bottom()));
  }
  return same;
}

}  // namespace

TEST_CASE("pixels that were sent are given back, and are there again when they are due") {
  Frame target = noisy(1);
  Surface surface;
  surface.commit(target.view(), {});
  FrontScreen screen(surface);
  screen.look(kSentAt);
  CHECK(due_as_in(screen, target));
  screen.sent(kSentAt);
  CHECK_FALSE(screen.next_giving_back());
  REQUIRE(same_pixels(screen.view(), Frame(kSurfaceSize).view(), Rect{0, 100, kSurfaceSize.width, 1}));

  // A change brings its tile back, and no other.
  for (const Rect& rect : {Rect{1921, 100, 1, 1}, Rect{129, 100, 3, 1}}) {
    for (int x = rect.x; x < rect.right(); ++x) target.row(100)[x * kBytesPerPixel] ^= 0x55;
    surface.commit(target.view(), rect);
  }
  screen.look(kSentAt);
  CHECK(due_as_in(screen, target));
  CHECK(same_pixels(screen.view(), Frame(kSurfaceSize).view(), Rect{256, 100, 64, 1}));

  // As does a client that asks for it, with what the surface shows by now.
  screen.make_due({300, 90, 10, 20});
  CHECK(due_as_in(screen, target));
  CHECK(same_pixels(screen.view(), target.view(), Rect{256, 100, 64, 1}));
  screen.make_all_due();
  CHECK(due_as_in(screen, target));
  CHECK(same_pixels(screen.view(), target.view(), Rect::of(kSurfaceSize)));

  CHECK(screen.next_giving_back() == kSentAt + std::chrono::seconds(10));
  // Not each time that nothing is due: memory that comes and goes costs time.
  screen.sent(kSentAt + std::chrono::seconds(1));
  CHECK(same_pixels(screen.view(), target.view(), Rect::of(kSurfaceSize)));
  screen.sent(kSentAt + std::chrono::seconds(11));
  CHECK_FALSE(same_pixels(screen.view(), target.view(), Rect::of(kSurfaceSize)));
}

TEST_CASE("a surface that changes its size while a client asks for pixels is sent whole") {
  Surface surface;
  surface.commit(noisy(1).view(), {});
  FrontScreen screen(surface);
  screen.look(kSentAt);
  CHECK_FALSE(screen.take_due(10'000).empty());
  screen.sent(kSentAt);
  Frame other({100, 80});
  other.row(70)[9] = 1;
  surface.commit(other.view(), {});
  screen.make_all_due();
  screen.look(kSentAt);
  CHECK(screen.size() == Size{100, 80});
  CHECK(screen.due());
  CHECK(same_pixels(screen.view(), other.view(), Rect::of(other.size())));
}
