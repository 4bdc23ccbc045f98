#include "codec/thumbnail.h"

#include <catch2/catch.hpp>

#include "tests/unit/codec/ffmpeg/film_fixture.h"

using namespace frostgate;
using namespace frostgate::codec;

namespace {

ClearedFrame frame_of(Size size, std::uint32_t colour) {
  Frame frame(size);
  fill(frame, Rect::of(size), colour);
  return redaction::Renderer::clear(std::move(frame), Region(Rect::of(size)));
}

}  // namespace

TEST_CASE("a thumbnail is a JPEG of the frame's shape, no wider than it may be, and the same each time") {
  const Thumbnail wide = make_thumbnail(frame_of({1280, 720}, 0x204060)).value();
  CHECK(wide.size == Size{320, 180});
  REQUIRE(wide.jpeg.size() > 100);
  CHECK(wide.jpeg[0] == std::byte{0xff});
  CHECK(wide.jpeg[1] == std::byte{0xd8});
  CHECK(wide.jpeg == make_thumbnail(frame_of({1280, 720}, 0x204060)).value().jpeg);
  CHECK(wide.jpeg != make_thumbnail(frame_of({1280, 720}, 0x604020)).value().jpeg);
  CHECK(make_thumbnail(frame_of({101, 53}, 0)).value().size == Size{101, 53});
  CHECK(make_thumbnail(frame_of({4000, 7}, 0)).value().size == Size{320, 1});
}
