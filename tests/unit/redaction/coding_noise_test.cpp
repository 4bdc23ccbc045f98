#include "redaction/lines/coding_noise.h"

#include <catch2/catch.hpp>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>

#include "redaction/lines/colour.h"
#include "tests/unit/redaction/canvas.h"

namespace frostgate::redaction {
namespace {

constexpr Size kNoisy{480, 160};

// What is near strong ink changes by up to `most` levels, as a codec's ringing does.
Frame rippled(const Frame& frame, int most) {
  Frame out = frame;
  std::mt19937 chance(7);
  std::uniform_int_distribution<int> level(-most, most);
  for (int y = 4; y + 4 < frame.size().height; ++y) {
    for (int x = 4; x + 4 < frame.size().width; ++x) {
      bool near = false;
      for (int dy = -4; dy <= 4 && !near; dy += 2) {
        for (int dx = -4; dx <= 4 && !near; dx += 2) near = distance(colour_of(frame.view().at(x + dx, y + dy)), colour_of(frame.view().at(x, y))) > 100;
      }
      if (!near) continue;
      std::uint8_t* pixel = out.row(y) + std::ptrdiff_t{x} * kBytesPerPixel;
      const int by = level(chance);
      for (int c = 0; c < 3; ++c) pixel[c] = static_cast<std::uint8_t>(std::clamp(pixel[c] + by, 0, 255));
    }
  }
  return out;
}

// Pixels of a colour that have another one in `seen`.
int changed(const Frame& drawn, const Frame& seen, Colour colour) {
  int count = 0;
  for (int y = 0; y < drawn.size().height; ++y) {
    for (int x = 0; x < drawn.size().width; ++x) count += colour_of(drawn.view().at(x, y)) == colour && colour_of(seen.view().at(x, y)) != colour;
  }
  return count;
}

}  // namespace

TEST_CASE("paper that a codec has rippled around type is exactly its colour again, and the type stays") {
  Canvas canvas(kNoisy);
  canvas.text(20, 60, "password: hunter2Kq9x", 16);
  canvas.text(20, 90, "the second line", 16);
  const Frame drawn = canvas.frame(), seen = rippled(drawn, 18), restored = without_coding_noise(seen.view());
  REQUIRE(changed(drawn, seen, 0xFFFFFF) > 2000);
  CHECK(changed(drawn, restored, 0xFFFFFF) == 0);
  for (int y = 0; y < kNoisy.height; ++y) {
    for (int x = 0; x < kNoisy.width; ++x) {
      const Colour was = colour_of(seen.view().at(x, y));
      if (distance(was, 0xFFFFFF) > 60) REQUIRE(colour_of(restored.view().at(x, y)) == was);
    }
  }
}

TEST_CASE("each of two papers side by side gets its own colour back") {
  Canvas canvas(kNoisy);
  canvas.rectangle({240, 0, 240, 160}, {0.1, 0.15, 0.4});
  canvas.text(20, 60, "on white paper", 16);
  canvas.text(260, 60, "on a dark one", 16, {0.9, 0.9, 0.9});
  const Frame drawn = canvas.frame(), restored = without_coding_noise(rippled(drawn, 15).view());
  CHECK(changed(drawn, restored, 0xFFFFFF) == 0);
  CHECK(changed(drawn, restored, colour_of(drawn.view().at(300, 10))) == 0);
}

TEST_CASE("faint type that no stronger type stands beside is left as it is") {
  Canvas canvas(kNoisy);
  canvas.text(20, 60, "password: hunter2Kq9x", 16, {0.95, 0.95, 0.95});
  const Frame restored = without_coding_noise(canvas.view());
  int kept = 0;
  for (int y = 0; y < kNoisy.height; ++y) {
    for (int x = 0; x < kNoisy.width; ++x) {
      const Colour was = colour_of(canvas.view().at(x, y));
      if (distance(was, 0xFFFFFF) <= 4) continue;
      ++kept;
      REQUIRE(colour_of(restored.view().at(x, y)) == was);
    }
  }
  CHECK(kept > 300);
}

TEST_CASE("a picture without paper is left as it is") {
  Frame frame(kNoisy);
  for (int y = 0; y < kNoisy.height; ++y) {
    for (int x = 0; x < kNoisy.width; ++x) {
      std::uint8_t* pixel = frame.row(y) + std::ptrdiff_t{x} * kBytesPerPixel;
      for (int c = 0; c < 3; ++c) pixel[c] = static_cast<std::uint8_t>(120 + 90 * std::sin(x * (c + 1) / 13.0) * std::cos(y / 9.0));
    }
  }
  CHECK(same_pixels(without_coding_noise(frame.view()).view(), frame.view(), Rect::of(kNoisy)));
  const Frame tiny(Size{1, 1});
  CHECK(same_pixels(without_coding_noise(tiny.view()).view(), tiny.view(), Rect::of({1, 1})));
}

}  // namespace frostgate::redaction
