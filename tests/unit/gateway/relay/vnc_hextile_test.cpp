#include "gateway/relay/vnc/hextile.h"

#include <catch2/catch.hpp>
#include <cstring>
#include <random>
#include <vector>

using namespace frostgate;
using relay::vnc::HextileEncoder;

namespace {

// As RFC 6143 7.7.4 tells a client.
class Reader {
 public:
  // Paints one tile, and says where it ends.
  const std::uint8_t* tile(const std::uint8_t* in, Frame& frame, const Rect& tile) {
    const unsigned kind = *in++;
    if (kind & 1) {
      for (int y = tile.y; y < tile.bottom(); ++y, in += tile.width * kBytesPerPixel) std::memcpy(frame.row(y) + tile.x * kBytesPerPixel, in, static_cast<std::size_t>(tile.width) * kBytesPerPixel);
      background_known_ = foreground_known_ = false;
      return in;
    }
    if (kind & 2) in = pixel(in, background_, background_known_);
    REQUIRE(background_known_);
    fill(frame, tile, background_);
    if (kind & 4) in = pixel(in, foreground_, foreground_known_);
    const unsigned count = kind & 8 ? *in++ : 0;
    for (unsigned i = 0; i < count; ++i) {
      if (kind & 16) {
        in = pixel(in, foreground_, foreground_known_);
      } else {
        REQUIRE(foreground_known_);
      }
      const Rect piece{tile.x + (in[0] >> 4), tile.y + (in[0] & 15), (in[1] >> 4) + 1, (in[1] & 15) + 1};
      in += 2;
      REQUIRE(tile.contains(piece));
      fill(frame, piece, foreground_);
    }
    if (kind & 16) foreground_known_ = false;
    return in;
  }

 private:
  static const std::uint8_t* pixel(const std::uint8_t* in, std::uint32_t& value, bool& known) {
    std::memcpy(&value, in, sizeof value);
    known = true;
    return in + sizeof value;
  }
  static void fill(Frame& frame, const Rect& rect, std::uint32_t colour) {
    for (int y = rect.y; y < rect.bottom(); ++y)
      for (int x = rect.x; x < rect.right(); ++x) std::memcpy(frame.row(y) + x * kBytesPerPixel, &colour, sizeof colour);
  }

  std::uint32_t background_ = 0, foreground_ = 0;
  bool background_known_ = false, foreground_known_ = false;
};

// Sends the whole of it as one rectangle; its size in bytes.
std::size_t check_round_trip(const Frame& frame) {
  HextileEncoder encoder;
  Reader reader;
  Frame out(frame.size());
  std::size_t bytes = 0;
  for (int y = 0; y < frame.size().height; y += 16) {
    for (int x = 0; x < frame.size().width; x += 16) {
      const Rect tile = Rect{x, y, 16, 16}.intersected(Rect::of(frame.size()));
      std::vector<std::uint8_t> coded(HextileEncoder::kMostBytes);
      const std::uint8_t* end = encoder.encode(frame.view().part(tile), coded.data());
      REQUIRE(end - coded.data() <= tile.area() * kBytesPerPixel + 1);
      REQUIRE(reader.tile(coded.data(), out, tile) == end);
      bytes += static_cast<std::size_t>(end - coded.data());
    }
  }
  CHECK(same_pixels(frame.view(), out.view(), Rect::of(frame.size())));
  return bytes;
}

}  // namespace

TEST_CASE("tiles of any size and of any number of colours come back by Hextile, never longer than their pixels") {
  std::minstd_rand random(9);
  for (int round = 0; round < 400; ++round) {
    const Size size{1 + static_cast<int>(random() % 50), 1 + static_cast<int>(random() % 50)};
    Frame frame(size);
    const unsigned colours = 1 + random() % (round % 3 == 0 ? 2 : 9), run = 1 + random() % 9;
    std::uint32_t colour = 0;
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) {
        if (random() % run == 0) colour = static_cast<std::uint32_t>(random() % colours * 0x0102F3 + (round % 5 == 0 ? random() % 2 << 24 : 0));
        std::memcpy(frame.row(y) + x * kBytesPerPixel, &colour, sizeof colour);
      }
    }
    check_round_trip(frame);
  }
}

TEST_CASE("noise is sent as pixels, paper as a byte for each tile, and text as few") {
  std::minstd_rand random(9);
  Frame noise({64, 64}), text({64, 64});
  for (int y = 0; y < 64; ++y) {
    for (int x = 0; x < 64 * kBytesPerPixel; ++x) noise.row(y)[x] = static_cast<std::uint8_t>(random());
    for (int x = 0; x < 64 * kBytesPerPixel; ++x) text.row(y)[x] = (x / 16 + y / 3) % 5 == 0 ? 0x20 : 0xF0;
  }
  CHECK(check_round_trip(noise) == 16 * (1 + 16 * 16 * 4));
  CHECK(check_round_trip(Frame({64, 64})) == 5 + 15);
  CHECK(check_round_trip(text) < 64 * 64 / 4);
}
