#include <zstd.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <random>

#include "codec/tiles/change_encoder.h"
#include "codec/tiles/tile_decoder.h"
#include "codec/tiles/tile_encoder.h"

namespace frostgate::codec {
namespace {

void fill(Frame& frame, const Rect& rect, std::uint32_t colour) {
  for (int y = rect.y; y < rect.bottom(); ++y) {
    for (int x = rect.x; x < rect.right(); ++x) std::memcpy(frame.row(y) + x * kBytesPerPixel, &colour, sizeof colour);
  }
}

Frame noise(Size size, unsigned seed) {
  std::mt19937 random(seed);
  Frame frame(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) fill(frame, {x, y, 1, 1}, static_cast<std::uint32_t>(random()));
  }
  return frame;
}

bool same(const Frame& a, const Frame& b) { return a.size() == b.size() && same_pixels(a.view(), b.view(), Rect::of(a.size())); }

TEST_CASE("a screen of any size and content comes back with the same colours and X set to 0") {
  for (const Size size : {Size{1, 1}, Size{64, 64}, Size{65, 63}, Size{200, 130}, Size{333, 1}}) {
    Frame few(size);
    fill(few, Rect{0, 0, size.width, size.height / 2}, 0xFFAABBCC);
    for (const Frame& frame : {noise(size, 1), few, Frame(size)}) {
      TileEncoder encoder;
      TileDecoder decoder;
      const auto state = encoder.encode(frame.view(), {});
      REQUIRE(state);
      const DecodedState decoded = decoder.apply(*state).value();
      CHECK(decoded.resized);
      CHECK(decoded.damage.bounds() == Rect::of(size));
      CHECK(same(decoder.frame(), frame));
      CHECK(decoder.frame().row(0)[3] == 0);
    }
  }
}

TEST_CASE("only tiles whose colours changed are coded") {
  const Size size{300, 200};
  Frame frame = noise(size, 2);
  TileEncoder encoder;
  TileDecoder decoder;
  decoder.apply(encoder.encode(frame.view(), {}).value()).value();

  CHECK_FALSE(encoder.encode(frame.view(), Rect::of(size)));
  frame.row(10)[10 * kBytesPerPixel + 3] ^= 0xFF;
  CHECK_FALSE(encoder.encode(frame.view(), Rect::of(size)));

  fill(frame, {70, 70, 2, 2}, 0x00FF00);
  const auto state = encoder.encode(frame.view(), Rect::of(size));
  REQUIRE(state);
  const DecodedState decoded = decoder.apply(*state).value();
  CHECK_FALSE(decoded.resized);
  CHECK(decoded.damage.rects() == std::vector<Rect>{{64, 64, 64, 64}});
  CHECK(same(decoder.frame(), frame));
  CHECK_FALSE(encoder.encode(frame.view(), Rect::of(size)));
}

TEST_CASE("a change outside the damage waits for damage that covers it") {
  Frame frame(Size{256, 64});
  TileEncoder encoder;
  TileDecoder decoder;
  decoder.apply(encoder.encode(frame.view(), {}).value()).value();
  fill(frame, {130, 5, 3, 3}, 0x123456);
  CHECK_FALSE(encoder.encode(frame.view(), Rect{0, 0, 64, 64}));
  decoder.apply(encoder.encode(frame.view(), Rect{130, 5, 1, 1}).value()).value();
  CHECK(same(decoder.frame(), frame));
}

TEST_CASE("a run of random changes stays lossless, and damage covers what changed") {
  const Size size{500, 300};
  std::mt19937 random(7);
  Frame frame(size), before(size);
  TileEncoder encoder;
  TileDecoder decoder;
  for (int step = 0; step < 60; ++step) {
    Region damage;
    for (int i = 0; i < 3; ++i) {
      const Rect rect = Rect{static_cast<int>(random() % 500), static_cast<int>(random() % 300), static_cast<int>(random() % 90),
                             static_cast<int>(random() % 90)}.intersected(Rect::of(size));
      if (rect.empty()) continue;
      if (i == 0) {
        frame.copy_from(noise(size, random()).view(), rect);
      } else {
        fill(frame, rect, static_cast<std::uint32_t>(random()));
      }
      damage.add(rect);
    }
    const auto state = encoder.encode(frame.view(), damage);
    if (!state) continue;
    const DecodedState decoded = decoder.apply(*state).value();
    REQUIRE(same(decoder.frame(), frame));
    for (const Rect& rect : decoded.damage.rects()) before.copy_from(frame.view(), rect);
    REQUIRE(same(before, frame));
  }
}

TEST_CASE("another size and a restart give a key state") {
  TileEncoder encoder;
  TileDecoder decoder;
  decoder.apply(encoder.encode(noise({100, 100}, 1).view(), {}).value()).value();
  const Frame larger = noise({130, 90}, 2);
  CHECK(decoder.apply(encoder.encode(larger.view(), {}).value()).value().resized);
  CHECK(same(decoder.frame(), larger));

  encoder.restart();
  const auto state = encoder.encode(larger.view(), {});
  REQUIRE(state);
  CHECK_FALSE(decoder.apply(*state).value().resized);
  TileDecoder fresh;
  fresh.apply(*state).value();
  CHECK(same(fresh.frame(), larger));
}

TEST_CASE("a delta that does not follow on the frame before is refused") {
  Frame frame(Size{100, 100});
  TileEncoder encoder;
  encoder.encode(frame.view(), {});
  fill(frame, {0, 0, 9, 9}, 0xFFFFFF);
  const auto delta = encoder.encode(frame.view(), Rect::of(frame.size())).value();
  TileDecoder decoder;
  CHECK(decoder.apply(delta).error().kind == ErrorKind::corrupt);
}

TEST_CASE("a state that is cut or damaged is refused or harmless, and a refusal leaves the frame alone") {
  Frame frame = noise({90, 70}, 3);
  fill(frame, {0, 0, 64, 64}, 0x101010);
  fill(frame, {3, 3, 9, 9}, 0xEEEEEE);
  TileEncoder encoder;
  const auto key = encoder.encode(frame.view(), {}).value();
  TileDecoder decoder;
  for (std::size_t size = 0; size < key.size(); ++size) CHECK_FALSE(decoder.apply(std::span(key).first(size)).has_value());
  CHECK(decoder.frame().size().empty());

  std::mt19937 random(11);
  for (int i = 0; i < 3000; ++i) {
    decoder.apply(key).value();
    auto bad = key;
    for (int n = 0; n < 1 + i % 3; ++n) bad[random() % std::min<std::size_t>(bad.size(), 80)] = static_cast<std::byte>(random());
    if (!decoder.apply(bad).has_value()) CHECK(same(decoder.frame(), frame));
  }
}

TEST_CASE("a change that is cut or damaged is refused or harmless, and needs the very frame before it") {
  Frame frame = noise({150, 70}, 3);
  fill(frame, {0, 0, 64, 64}, 0x101010);
  TileEncoder encoder;
  const auto key = encoder.encode(frame.view(), {}).value();
  const Frame before = frame;
  fill(frame, {3, 3, 9, 9}, 0xEEEEEE);
  frame.copy_from(noise({150, 70}, 4).view(), {70, 0, 20, 20});
  const auto change = encoder.encode(frame.view(), Rect::of(frame.size())).value();
  TileDecoder decoder;
  decoder.apply(key).value();
  for (std::size_t size = 0; size < change.size(); ++size) CHECK_FALSE(decoder.apply(std::span(change).first(size)).has_value());
  CHECK(same(decoder.frame(), before));
  CHECK(decoder.apply(change).value().damage.rects() == std::vector<Rect>{{0, 0, 128, 64}});
  CHECK(same(decoder.frame(), frame));

  std::mt19937 random(12);
  for (int i = 0; i < 3000; ++i) {
    decoder.apply(key).value();
    auto bad = change;
    for (int n = 0; n < 1 + i % 3; ++n) bad[random() % std::min<std::size_t>(bad.size(), 80)] = static_cast<std::byte>(random());
    if (!decoder.apply(bad).has_value()) CHECK(same(decoder.frame(), before));
  }
}

TEST_CASE("what scrolled costs little, and comes back as it was") {
  const Frame text = noise({256, 256}, 5);
  Frame frame(Size{256, 192});
  frame.copy_from(text.view(), Rect::of(frame.size()));
  for (int y = 0; y < 192; ++y) {
    for (int x = 0; x < 256 * kBytesPerPixel; ++x) frame.row(y)[x] &= 0xC0;
  }
  TileEncoder encoder;
  TileDecoder decoder;
  const auto key = encoder.encode(frame.view(), {}).value();
  decoder.apply(key).value();
  for (int y = 0; y + 16 < 192; ++y) std::memcpy(frame.row(y), frame.row(y + 16), 256 * kBytesPerPixel);
  const auto change = encoder.encode(frame.view(), Rect::of(frame.size())).value();
  CHECK(change.size() < key.size() / 4);
  decoder.apply(change).value();
  CHECK(same(decoder.frame(), frame));
}

TEST_CASE("states are the same whether the room between them is kept or given back, and copies that are there stay") {
  Frame frame = noise({300, 200}, 6);
  ChangeEncoder keeps, gives_back;
  TileCopies before, before_too;
  for (int i = 0; i < 4; ++i) {
    INFO("state " << i);
    REQUIRE(keeps.look(frame.view(), before));
    REQUIRE(gives_back.look(frame.view(), before_too));
    CHECK(keeps.pack() == gives_back.pack());
    gives_back.give_back_room();
    const Rect changed{40 * i, 30 * i, 90, 50};
    before.add(frame.view(), changed);
    before_too.add(frame.view(), changed);
    before_too.give_back_room();
    for (const std::uint32_t number : before_too.numbers()) {
      const FrameView there = before.tile(number);
      CHECK(same_pixels(before_too.tile(number), there, Rect::of(there.size)));
    }
    fill(frame, changed, 0x112233U * static_cast<std::uint32_t>(i + 1));
  }
}

TEST_CASE("a delta of an earlier version is still read") {
  TileDecoder decoder;
  decoder.apply(TileEncoder().encode(Frame(Size{2, 1}).view(), {}).value()).value();
  const std::vector<std::uint8_t> payload{0, 0, 1, 1, 10, 20, 30, 40, 50, 60, 1, 0};  // tile 0, a palette of two colours, two pixels
  std::vector<std::byte> delta(9 + ZSTD_compressBound(payload.size()));
  delta[0] = std::byte{2};
  delta[1] = std::byte{2};
  delta[3] = std::byte{1};
  delta[5] = static_cast<std::byte>(payload.size());
  delta.resize(9 + ZSTD_compress(&delta[9], delta.size() - 9, payload.data(), payload.size(), 1));
  decoder.apply(delta).value();
  CHECK(std::vector<int>(decoder.frame().row(0), decoder.frame().row(0) + 8) == std::vector<int>{40, 50, 60, 0, 10, 20, 30, 0});
}

TEST_CASE("a state that claims an impossible size or more bytes than its size needs is refused") {
  TileEncoder encoder;
  const auto key = encoder.encode(Frame(Size{64, 64}).view(), {}).value();
  TileDecoder decoder;
  for (const auto& [at, value] : {std::pair{1, 0}, {2, 0xFF}, {7, 0xFF}, {8, 0x01}, {0, 3}}) {
    auto bad = key;
    bad[static_cast<std::size_t>(at)] = static_cast<std::byte>(value);
    CHECK(decoder.apply(bad).error().kind == ErrorKind::corrupt);
  }
}

}  // namespace
}  // namespace frostgate::codec
