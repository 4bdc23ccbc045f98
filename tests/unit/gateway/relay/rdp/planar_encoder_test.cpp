#include "gateway/relay/rdp/planar_encoder.h"

#include <catch2/catch.hpp>
#include <cstring>
#include <random>

#include "gateway/relay/rdp/freerdp_compat.h"
#include "tests/unit/gateway/relay/rdp/runs_of_colours.h"

using namespace frostgate;
using namespace frostgate::relay::rdp;

namespace {

struct FreePlanar {
  void operator()(BITMAP_PLANAR_CONTEXT* planar) const { freerdp_bitmap_planar_context_free(planar); }
};

// As libfreerdp's clients read it: bitmap updates from the bottom, the graphics pipeline from the top.
Frame decoded(std::span<const std::uint8_t> bytes, Size size, PlanarEncoder::Rows rows) {
  const std::unique_ptr<BITMAP_PLANAR_CONTEXT, FreePlanar> planar(
      freerdp_bitmap_planar_context_new(0, static_cast<DWORD>(size.width), static_cast<DWORD>(size.height)));
  REQUIRE(planar);
  Frame out(size);
  const auto width = static_cast<UINT32>(size.width), height = static_cast<UINT32>(size.height);
  REQUIRE(planar_decompress(planar.get(), bytes.data(), static_cast<UINT32>(bytes.size()), width, height, out.row(0), PIXEL_FORMAT_BGRX32,
                            static_cast<UINT32>(out.view().stride), 0, 0, width, height, rows == PlanarEncoder::Rows::from_bottom));
  return out;
}

bool same_colours(const Frame& a, const Frame& b) {
  for (int y = 0; y < a.size().height; ++y) {
    for (int x = 0; x < a.size().width; ++x)
      if (std::memcmp(a.view().at(x, y), b.view().at(x, y), 3) != 0) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("libfreerdp reads every planar bitmap exactly, whichever row comes first") {
  PlanarEncoder encoder;
  for (unsigned seed = 0; seed < 300; ++seed) {
    const Size size{static_cast<int>(4 + seed * 7 % 200), static_cast<int>(1 + seed % 64)};
    const Frame frame = runs_of_colours(size, seed);
    for (const auto rows : {PlanarEncoder::Rows::from_top, PlanarEncoder::Rows::from_bottom}) {
      INFO("seed " << seed << ", " << size.width << "x" << size.height);
      const auto bytes = encoder.encode(frame.view(), rows);
      REQUIRE(same_colours(decoded(bytes, size, rows), frame));
    }
  }
}

TEST_CASE("an even picture is a few bytes a row, and noise is never longer than its planes") {
  PlanarEncoder encoder;
  const Frame even({640, 64});
  CHECK(encoder.encode(even.view(), PlanarEncoder::Rows::from_top).size() <= 1 + 3 * 64 * 14);
  Frame noise({64, 64});
  std::minstd_rand random(1);
  for (int y = 0; y < 64; ++y)
    for (int x = 0; x < 256; ++x) noise.row(y)[x] = static_cast<std::uint8_t>(random() >> 8);
  const auto bytes = encoder.encode(noise.view(), PlanarEncoder::Rows::from_top);
  CHECK(bytes.size() <= 64 * 64 * 3 + 2);
  CHECK(same_colours(decoded(bytes, {64, 64}, PlanarEncoder::Rows::from_top), noise));
}
