#include "gateway/relay/screen_copy.h"

#include <catch2/catch.hpp>

using namespace frostgate;
using namespace frostgate::relay;

namespace {

constexpr Size kScreen{1000, 300};
constexpr ScreenCopy::Clock::time_point kBegin{std::chrono::hours(1)};

Frame filled(std::uint8_t value) {
  Frame frame(kScreen);
  for (int y = 0; y < kScreen.height; ++y) std::fill_n(frame.row(y), kScreen.width * kBytesPerPixel, value);
  return frame;
}

bool same(const Frame& a, const Frame& b, const Rect& rect) { return same_pixels(a.view(), b.view(), rect); }

}  // namespace

TEST_CASE("a copy of a screen gives its pixels back now and then, and has by tiles what is fetched or taken") {
  const Frame surface = filled(0x41), nothing(kScreen);
  Frame pixels = filled(0x41);
  ScreenCopy copy;
  copy.restart(pixels.row(0), kScreen, pixels.stride());
  const Rect all = Rect::of(kScreen), middle{0, 100, kScreen.width, 1};
  CHECK(copy.holds(all));

  copy.rest(kBegin);
  CHECK(same(pixels, nothing, middle));
  CHECK_FALSE(copy.holds(all));
  CHECK_FALSE(copy.next_rest());

  copy.fetch({100, 100, 1, 1}, surface);
  CHECK(copy.holds({64, 64, 64, 64}));
  CHECK_FALSE(copy.holds({64, 64, 65, 64}));
  CHECK(same(pixels, surface, {64, 64, 64, 64}));
  CHECK(same(pixels, nothing, {128, 100, 100, 1}));

  // What was here already is taken, and the tile that was not is here whole.
  const Frame later = filled(0x42);
  copy.take({120, 100, 16, 1}, later);
  CHECK(same(pixels, later, {120, 100, 16, 1}));
  CHECK(same(pixels, surface, {64, 64, 56, 64}));
  CHECK(same(pixels, later, {128, 64, 64, 64}));

  CHECK(copy.next_rest() == kBegin + std::chrono::seconds(10));
  copy.rest(kBegin + std::chrono::seconds(9));
  CHECK(same(pixels, later, {128, 100, 64, 1}));
  copy.rest(kBegin + std::chrono::seconds(10));
  CHECK(same(pixels, nothing, middle));
  CHECK_FALSE(copy.next_rest());
}

TEST_CASE("what somebody else paints into a copy is given back too, and is no reason to take its tile for whole") {
  Frame pixels = filled(0x41);
  ScreenCopy copy;
  copy.restart(pixels.row(0), kScreen, pixels.stride());
  copy.rest(kBegin);
  pixels.row(100)[400] = 7;
  CHECK_FALSE(copy.next_rest());
  copy.painted();
  CHECK_FALSE(copy.holds({100, 100, 1, 1}));
  REQUIRE(copy.next_rest());
  copy.rest(*copy.next_rest());
  CHECK(pixels.row(100)[400] == 0);
}

TEST_CASE("rectangles that reach outside a copy of a screen, or outside what is there, are cut") {
  Frame pixels = filled(0x41);
  ScreenCopy copy;
  CHECK(copy.holds({0, 0, 10, 10}));
  copy.rest(kBegin);
  copy.restart(pixels.row(0), kScreen, pixels.stride());
  copy.rest(kBegin);
  Frame small({990, 299});
  small.row(298)[989 * kBytesPerPixel] = 9;
  copy.take({-5, -5, 5000, 5000}, small);
  CHECK(copy.holds(Rect::of(kScreen)));
  CHECK(pixels.row(298)[989 * kBytesPerPixel] == 9);
  CHECK(same(pixels, Frame(kScreen), {990, 100, 10, 100}));
  copy.restart(nullptr, {}, 0);
  copy.rest(kBegin + std::chrono::hours(1));
  CHECK_FALSE(copy.next_rest());
}
