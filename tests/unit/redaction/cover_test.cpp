#include "redaction/cover.h"

#include <catch2/catch.hpp>

#include <algorithm>

#include "tests/unit/redaction/canvas.h"

namespace frostgate::redaction {

TEST_CASE("the filling does not depend on what is under the box") {
  Canvas one({400, 80}), other({400, 80});
  const Rect box{32, 20, 192, 28};
  one.text(40, 40, "hunter2");
  other.text(40, 40, "correct horse");
  fill(one.frame(), box, ring_colour(one.view(), box, {box}), box);
  fill(other.frame(), box, ring_colour(other.view(), box, {box}), box);
  REQUIRE(same_pixels(one.view(), other.view(), Rect::of({400, 80})));
}

TEST_CASE("boxes of one size class are equal whatever the secret's length") {
  const auto box = [](int right) { return snapped({40, 56, 100, right, 0, 800, false}); };
  REQUIRE(box(110) == box(280));
  REQUIRE(box(110).width == 192);
  REQUIRE(box(290).width == 256);
}

TEST_CASE("a box contains what it hides and ends with its panel") {
  for (int left = 0; left < 64; ++left) {
    const Rect box = snapped({41, 57, left, left + 100, 7, 180, false});
    REQUIRE(box.contains(Rect::between(left, 41, left + 100, 57)));
    REQUIRE(box.right() <= 180);
    REQUIRE(box.x >= std::min(left, 7));
  }
  REQUIRE(snapped({41, 57, 30, 40, 0, 700, true}).right() == 700);
}

}  // namespace frostgate::redaction
