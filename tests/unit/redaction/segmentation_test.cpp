#include "redaction/lines/segmentation.h"

#include <catch2/catch.hpp>

#include <string>

#include "tests/unit/redaction/canvas.h"

namespace frostgate::redaction {

TEST_CASE("each row of a dense terminal is one line") {
  Canvas canvas({800, 600}, {0.1, 0.1, 0.12});
  for (int i = 0; i < 30; ++i) {
    canvas.text(10, 20 + i * 16, "typing jumps over (quickly) the lazy dog " + std::to_string(i), 13, {0.8, 0.9, 0.8});
  }
  const auto lines = find_lines(canvas.view(), Rect::of({800, 600}));
  REQUIRE(lines.size() == 30);
  for (const LineBox& line : lines) REQUIRE(line.box.width > 250);
}

TEST_CASE("a line ends where another window covers it") {
  Canvas canvas({600, 100});
  canvas.text(10, 50, "the left window says this and goes on");
  canvas.rectangle({150, 0, 450, 100}, {0.1, 0.2, 0.5});
  canvas.text(158, 50, "the right one that", 14, {1, 1, 1});
  const auto lines = find_lines(canvas.view(), Rect::of({600, 100}));
  REQUIRE(lines.size() == 2);
  REQUIRE(lines[0].background == 0xFFFFFF);
  REQUIRE(lines[0].box.right() <= 150);
  REQUIRE(lines[1].box.x >= 150);
}

TEST_CASE("letters with stems side by side are no other background") {
  for (const double pixels : {10.0, 12.0, 13.0, 13.3333, 14.0, 18.0}) {
    Canvas canvas({900, 60}, {0.98, 0.98, 0.98});
    canvas.text(20, 34, "MIIEtlH|NDl1lIHEBMMttllIINNHH||DE-----END", pixels, {0.13, 0.13, 0.13});
    CAPTURE(pixels);
    CHECK(find_lines(canvas.view(), Rect::of({900, 60})).size() == 1);
  }
}

TEST_CASE("a solid block cursor is not part of a line") {
  Canvas canvas({400, 60});
  canvas.text(10, 40, "prompt$ ");
  const Rect without = find_lines(canvas.view(), Rect::of({400, 60})).at(0).box;
  canvas.rectangle({78, 28, 8, 16}, kBlack);
  const auto lines = find_lines(canvas.view(), Rect::of({400, 60}));
  REQUIRE(lines.size() == 1);
  REQUIRE(lines[0].box == without);
}

TEST_CASE("lines at the edges of a screen and on a tiny screen are found without reading outside it") {
  Canvas canvas({120, 14});
  canvas.text(0, 12, "edge to edge text");
  REQUIRE_FALSE(find_lines(canvas.view(), Rect{-50, -50, 500, 500}).empty());
  Canvas dot({1, 1});
  REQUIRE(find_lines(dot.view(), Rect::of({1, 1})).empty());
}

}  // namespace frostgate::redaction
