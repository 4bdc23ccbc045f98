#include "codec/tiles/colour_rows.h"

#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace frostgate::codec {

TEST_CASE("rows of any length are packed, unpacked and added up colour by colour, and nothing beside them is touched") {
  std::minstd_rand random(4711);
  for (int count = 0; count <= 67; ++count) {
    const auto length = static_cast<std::size_t>(count);
    std::vector<std::uint8_t> pixels(4 * length);  // exactly as long, so that the sanitizer sees each byte too many
    for (std::uint8_t& byte : pixels) byte = static_cast<std::uint8_t>(random());
    std::vector<std::byte> colours(3 * length);
    pack_colours(pixels.data(), count, colours.data());
    std::vector<std::uint8_t> unpacked(4 * length), sums(4 * length);
    unpack_colours(colours.data(), count, unpacked.data());
    add_up_colours(colours.data(), count, sums.data());
    bool packs = true, unpacks = true, adds = true;
    std::uint8_t sum[3] = {};
    for (std::size_t x = 0; x < length; ++x) {
      for (std::size_t c = 0; c < 3; ++c) {
        sum[c] = static_cast<std::uint8_t>(sum[c] + pixels[4 * x + c]);
        packs = packs && std::to_integer<std::uint8_t>(colours[3 * x + c]) == pixels[4 * x + c];
        unpacks = unpacks && unpacked[4 * x + c] == pixels[4 * x + c];
        adds = adds && sums[4 * x + c] == sum[c];
      }
      unpacks = unpacks && unpacked[4 * x + 3] == 0;
      adds = adds && sums[4 * x + 3] == 0;
    }
    CAPTURE(count);
    CHECK(packs);
    CHECK(unpacks);
    CHECK(adds);
  }
}

}  // namespace frostgate::codec
