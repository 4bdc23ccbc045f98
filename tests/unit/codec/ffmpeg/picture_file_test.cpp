#include "codec/picture_file.h"

#include <catch2/catch.hpp>

#include <random>

using namespace frostgate;
using namespace frostgate::codec;

namespace {

Frame speckled(Size size) {
  Frame frame(size);
  std::mt19937 random(7);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width * 4; ++x) frame.row(y)[x] = x % 4 == 3 ? 0 : static_cast<std::uint8_t>(random());
  }
  return frame;
}

constexpr Size kMost{64, 64};

}  // namespace

TEST_CASE("a PNG file gives back its picture's colours") {
  for (const Size size : {Size{1, 1}, Size{33, 17}, kMost}) {
    const Frame picture = speckled(size);
    const auto file = encode_png(picture.view()).value();
    const auto back = decode_png(file, kMost);
    REQUIRE(back);
    REQUIRE(back.value().size() == size);
    CHECK(same_pixels(back.value().view(), picture.view(), Rect::of(size)));
  }
}

TEST_CASE("what is no PNG file, too large or damaged is refused") {
  const auto file = encode_png(speckled({40, 30}).view()).value();
  CHECK(decode_png({}, kMost).error().kind == ErrorKind::invalid);
  CHECK(decode_png(std::span(file).first(20), kMost).error().kind == ErrorKind::invalid);
  CHECK(decode_png(file, {39, 30}).error().kind == ErrorKind::invalid);
  CHECK(decode_png(file, {40, 29}).error().kind == ErrorKind::invalid);
  for (std::size_t cut = 24; cut + 13 < file.size(); cut += 97) CHECK_FALSE(decode_png(std::span(file).first(cut), kMost));
  std::mt19937 random(3);
  for (int n = 0; n < 200; ++n) {
    auto damaged = file;
    damaged[random() % damaged.size()] ^= static_cast<std::byte>(1 + random() % 255);
    const auto back = decode_png(damaged, kMost);
    if (back) CHECK(back.value().size().width <= kMost.width);
  }
}
