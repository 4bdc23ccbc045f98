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
    std::vector<std::uint8_t> most(a.size());
    largest_differences(a.data(), b.data(), c.data(), most.data(), a.size());
    bool right = true;
    for (std::size_t i = 0; i < a.size(); ++i) right = right && int{most[i]} == std::max(std::abs(a[i] - b[i]), std::abs(a[i] - c[i]));
    CHECK(right);

    auto same = b;
    for (std::size_t i = 0; i < pixels; i += 3) std::copy_n(a.begin() + static_cast<std::ptrdiff_t>(4 * i), 3, same.begin() + static_cast<std::ptrdiff_t>(4 * i));
    InkCount ink;
    for (std::size_t i = 0; i < pixels; ++i) {
      const Colour colour = colour_of(&a[4 * i]);
      if (distance(colour, 0x405060) > 100) ++ink.ink, ink.same += colour == colour_of(&same[4 * i]);
    }
    const InkCount counted = count_ink(a.data(), same.data(), 0x405060, 100, pixels);
    CHECK((counted.ink == ink.ink && counted.same == ink.same));

    constexpr std::uint8_t kLimit = 200;
    std::vector<std::uint64_t> bits(pixels / 64 + 1);
    std::vector<std::uint8_t> room(a.size()), flags(pixels);
    bits_exceeding(a.data(), kLimit, bits.data(), pixels);
    exceeding(a.data(), kLimit, room.data(), flags.data(), pixels);
    Moments plain;
    right = true;
    for (std::size_t i = 0; i < bits.size() * 64; ++i) {
      const bool over = i < pixels && (a[4 * i] > kLimit || a[4 * i + 1] > kLimit || a[4 * i + 2] > kLimit);
      right = right && (bits[i / 64] >> (i % 64) & 1) == over && (i >= pixels || flags[i] == over);
      if (over) ++plain.count, plain.sum += static_cast<std::int64_t>(i), plain.squares += static_cast<std::int64_t>(i * i);
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
