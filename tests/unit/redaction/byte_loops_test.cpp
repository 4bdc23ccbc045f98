#include "redaction/lines/byte_loops.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <vector>

#include "codec/base/frame.h"

namespace frostgate::redaction {

TEST_CASE("the wide loops over rows of any length say what plain ones do") {
  std::minstd_rand random(4711);
  const auto bytes = [&](std::size_t count) {
    std::vector<std::uint8_t> out(count);
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(random());
    return out;
  };
  for (std::size_t pixels = 0; pixels <= 140; ++pixels) {
    CAPTURE(pixels);
    const auto a = bytes(pixels * kBytesPerPixel), b = bytes(a.size()), c = bytes(a.size());
    auto same = b;
    for (std::size_t i = 0; i < pixels; i += 3) std::copy_n(a.begin() + static_cast<std::ptrdiff_t>(4 * i), 3, same.begin() + static_cast<std::ptrdiff_t>(4 * i));
    InkCount ink;
    for (std::size_t i = 0; i < pixels; ++i) {
      const Colour colour = colour_of(&a[4 * i]);
      if (distance(colour, 0x405060) > 100) ++ink.ink, ink.same += colour == colour_of(&same[4 * i]);
    }
    const InkCount counted = count_ink(a.data(), same.data(), 0x405060, 100, pixels);
    CHECK((counted.ink == ink.ink && counted.same == ink.same));

    constexpr Colour kGround = 0x803010;
    constexpr int kFar = 90, kStrong = 200, kFaint = 60;
    std::vector<std::uint8_t> flags(pixels), farthest = c;
    flag_far(a.data(), kGround, kFar, flags.data(), pixels);
    raise_distances(a.data(), kGround, farthest.data(), pixels);
    Moments plain;
    bool right = true;
    for (std::size_t i = 0; i < pixels; ++i) {
      const bool far = distance(colour_of(&a[4 * i]), kGround) > kFar;
      right = right && flags[i] == far;
      if (far) ++plain.count, plain.sum += static_cast<std::int64_t>(i), plain.squares += static_cast<std::int64_t>(i * i);
      for (std::size_t k = 0; k < 3; ++k) right = right && farthest[4 * i + k] == std::max<int>(c[4 * i + k], std::abs(a[4 * i + k] - static_cast<int>(kGround >> (8 * k) & 255)));
    }
    CHECK(right);

    auto row = bytes(kBytesPerPixel);  // with the pixel before the first one
    row.insert(row.end(), a.begin(), a.end());
    std::vector<std::uint64_t> strong(pixels / 64 + 1), faint(strong.size());
    mark_edges(row.data() + kBytesPerPixel, b.data(), kStrong, kFaint, {strong.data(), faint.data()}, pixels);
    for (std::size_t i = 0; i < strong.size() * 64; ++i) {
      const int jump = i >= pixels ? 0 : std::max(distance(colour_of(&row[4 * i + 4]), colour_of(&row[4 * i])), distance(colour_of(&row[4 * i + 4]), colour_of(&b[4 * i])));
      right = right && (strong[i / 64] >> (i % 64) & 1) == (jump > kStrong) && (faint[i / 64] >> (i % 64) & 1) == (jump > kFaint);
    }
    CHECK(right);
    const Moments wide = moments(flags.data(), pixels);
    CHECK((wide.count == plain.count && wide.sum == plain.sum && wide.squares == plain.squares));
  }
  const std::vector<std::uint8_t> all(3000, 1);  // longer than what is summed at once
  const Moments wide = moments(all.data(), all.size());
  CHECK(wide.sum == 3000 * 2999 / 2);
  CHECK(wide.squares == std::int64_t{2999} * 3000 * 5999 / 6);
}

}  // namespace frostgate::redaction
