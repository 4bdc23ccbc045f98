#include "codec/base/frame.h"

#include <catch2/catch.hpp>
#include <cstring>

using namespace frostgate;

TEST_CASE("copying a rectangle into a frame leaves the rest alone and clips at both edges") {
  Frame source({40, 30});
  std::memset(source.row(0), 0xAB, static_cast<std::size_t>(source.stride()) * 30);
  Frame target({20, 20});
  target.copy_from(source.view(), Rect{15, -3, 100, 10});
  CHECK(target.view().at(15, 0)[0] == 0xAB);
  CHECK(target.view().at(19, 6)[0] == 0xAB);
  CHECK(target.view().at(14, 0)[0] == 0);
  CHECK(target.view().at(15, 7)[0] == 0);
}

TEST_CASE("pixels compare equal whatever the unused byte holds") {
  Frame a({8, 8}), b({8, 8});
  b.row(3)[4 * 2 + 3] = 77;
  CHECK(same_pixels(a.view(), b.view(), Rect{0, 0, 8, 8}));
  b.row(3)[4 * 2 + 2] = 1;
  CHECK_FALSE(same_pixels(a.view(), b.view(), Rect{0, 0, 8, 8}));
  CHECK(same_pixels(a.view(), b.view(), Rect{3, 0, 5, 8}));
  CHECK_FALSE(same_pixels(a.view(), b.view(), Rect{4, 4, 5, 5}));
}
