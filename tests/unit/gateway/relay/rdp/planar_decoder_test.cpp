#include "gateway/relay/rdp/planar_decoder.h"

#include <catch2/catch.hpp>
#include <cstring>

#include "gateway/relay/rdp/freerdp_compat.h"
#include "gateway/relay/rdp/planar_encoder.h"
#include "tests/unit/gateway/relay/rdp/runs_of_colours.h"

using namespace frostgate;
using namespace frostgate::relay::rdp;

namespace {

PlanarDecoder::Screen screen_of(Frame& frame) { return {frame.row(0), frame.size(), frame.stride()}; }

// By libfreerdp: its clients' settings say whether how opaque it is is left out, and whether there are run lengths.
std::vector<std::uint8_t> compressed(const Frame& frame, DWORD flags) {
  const auto width = static_cast<UINT32>(frame.size().width), height = static_cast<UINT32>(frame.size().height);
  BITMAP_PLANAR_CONTEXT* const planar = freerdp_bitmap_planar_context_new(flags, width, height);
  REQUIRE(planar != nullptr);
  UINT32 size = 0;
  BYTE* const bytes = freerdp_bitmap_compress_planar(planar, frame.row(0), PIXEL_FORMAT_BGRX32, width, height, static_cast<UINT32>(frame.stride()), nullptr, &size);
  REQUIRE(bytes != nullptr);
  std::vector<std::uint8_t> out(bytes, bytes + size);
  std::free(bytes);
  freerdp_bitmap_planar_context_free(planar);
  return out;
}

}  // namespace

TEST_CASE("a planar bitmap of our encoder or of libfreerdp's is painted exactly, as far as it is to be seen") {
  PlanarEncoder encoder;
  PlanarDecoder decoder;
  for (unsigned seed = 0; seed < 200; ++seed) {
    const Size size{static_cast<int>(4 + seed * 7 % 200), static_cast<int>(1 + seed % 64)};
    const Frame frame = runs_of_colours(size, seed);
    const auto ours = encoder.encode(frame.view(), PlanarEncoder::Rows::from_bottom);
    INFO("seed " << seed << ", " << size.width << "x" << size.height);
    for (const std::vector<std::uint8_t>& bytes : {std::vector<std::uint8_t>(ours.begin(), ours.end()), compressed(frame, PLANAR_FORMAT_HEADER_NA | PLANAR_FORMAT_HEADER_RLE),
                                                   compressed(frame, PLANAR_FORMAT_HEADER_NA), compressed(frame, PLANAR_FORMAT_HEADER_RLE), compressed(frame, 0)}) {
      Frame screen({300, 100});
      const Rect visible{30, 20, std::max(1, size.width - static_cast<int>(seed % 4)), size.height};
      REQUIRE(decoder.decode(bytes, size, visible, screen_of(screen)));
      Frame wanted({300, 100});
      for (int y = 0; y < visible.height; ++y) std::memcpy(wanted.row(20 + y) + 30 * 4, frame.row(y), static_cast<std::size_t>(visible.width) * 4);
      REQUIRE(same_pixels(screen.view(), wanted.view(), Rect::of(screen.size())));
    }
  }
}

TEST_CASE("what reaches outside the screen is cut there") {
  PlanarEncoder encoder;
  PlanarDecoder decoder;
  const Frame frame = runs_of_colours({64, 64}, 3);
  const auto bytes = encoder.encode(frame.view(), PlanarEncoder::Rows::from_bottom);
  Frame screen({40, 30});
  REQUIRE(decoder.decode(bytes, {64, 64}, {8, 4, 64, 64}, screen_of(screen)));
  CHECK(same_pixels(screen.view().part({8, 4, 32, 26}), frame.view().part({0, 0, 32, 26}), {0, 0, 32, 26}));
}

TEST_CASE("a planar bitmap that is cut anywhere, or coded with loss, paints nothing") {
  PlanarEncoder encoder;
  PlanarDecoder decoder;
  const Frame frame = runs_of_colours({60, 20}, 1);
  const auto bytes = encoder.encode(frame.view(), PlanarEncoder::Rows::from_bottom);
  Frame screen({60, 20});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    INFO(size << " of " << bytes.size());
    REQUIRE_FALSE(decoder.decode(bytes.first(size), {60, 20}, {0, 0, 60, 20}, screen_of(screen)));
  }
  std::vector<std::uint8_t> lossy(bytes.begin(), bytes.end());
  for (const std::uint8_t flag : {1, 7, 8}) {
    lossy[0] = static_cast<std::uint8_t>(bytes[0] | flag);
    CHECK_FALSE(decoder.decode(lossy, {60, 20}, {0, 0, 60, 20}, screen_of(screen)));
  }
  CHECK_FALSE(decoder.decode(bytes, {1 << 20, 1 << 20}, {0, 0, 60, 20}, screen_of(screen)));
  CHECK(same_pixels(screen.view(), Frame({60, 20}).view(), {0, 0, 60, 20}));
}
