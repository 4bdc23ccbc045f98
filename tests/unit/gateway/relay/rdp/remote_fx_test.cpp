#include <freerdp/codec/progressive.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <random>

#include "gateway/relay/rdp/freerdp_compat.h"
#include "gateway/relay/rdp/planar_encoder.h"
#include "gateway/relay/rdp/progressive_encoder.h"
#include "gateway/relay/rdp/progressive_picture.h"
#include "tests/unit/gateway/relay/rdp/runs_of_colours.h"

using namespace frostgate;
using namespace frostgate::relay::rdp;

namespace {

// As a screen is: windows of plain colours with small type in them, and a photo.
Frame desktop(Size size) {
  std::minstd_rand random(5);
  Frame frame(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const bool photo = x > size.width / 2, type = !photo && y % 12 > 3 && (x * 7 + y * 3 + x / 5 * 11) % 5 == 0;
      const std::uint32_t colour = photo ? static_cast<std::uint32_t>(128 + 100 * std::sin(x / 20.0) * std::cos(y / 30.0)) * 0x010100 + 0x40 : type ? 0x202020 : 0xE8E8F0;
      std::memcpy(frame.row(y) + x * 4, &colour, 4);
    }
  }
  return frame;
}

// By libfreerdp, as servers that are made of it do.
std::vector<std::byte> coded(const Frame& frame, const Rect& changed) {
  PROGRESSIVE_CONTEXT* const context = progressive_context_new(TRUE);
  REQUIRE(context);
  REGION16 region;
  region16_init(&region);
  const RECTANGLE_16 rect{static_cast<UINT16>(changed.x), static_cast<UINT16>(changed.y), static_cast<UINT16>(changed.right()), static_cast<UINT16>(changed.bottom())};
  region16_union_rect(&region, &region, &rect);
  BYTE* bytes = nullptr;
  UINT32 size = 0;
  const auto width = static_cast<UINT32>(frame.size().width), height = static_cast<UINT32>(frame.size().height), stride = static_cast<UINT32>(frame.stride());
  REQUIRE(progressive_compress_ex(context, frame.row(0), stride * height, PIXEL_FORMAT_BGRX32, width, height, stride, &region, &bytes, &size) >= 0);
  const auto* const begin = reinterpret_cast<const std::byte*>(bytes);
  std::vector<std::byte> out(begin, begin + size);
  region16_uninit(&region);
  progressive_context_free(context);
  return out;
}

Frame decoded_by_libfreerdp(std::span<const std::byte> bytes, Size size) {
  Frame out(size);
  PROGRESSIVE_CONTEXT* const context = progressive_context_new(FALSE);
  const auto width = static_cast<UINT32>(size.width), height = static_cast<UINT32>(size.height);
  REQUIRE(progressive_create_surface_context(context, 1, width, height) >= 0);
  REGION16 region;
  region16_init(&region);
  REQUIRE(progressive_decompress_ex(context, reinterpret_cast<const BYTE*>(bytes.data()), static_cast<UINT32>(bytes.size()), out.row(0), PIXEL_FORMAT_BGRX32, static_cast<UINT32>(out.stride()), 0,
                                    0, &region, 1, 1) >= 0);
  region16_uninit(&region);
  progressive_context_free(context);
  return out;
}

struct Difference {
  double psnr = 0;
  int largest = 0;
};

Difference difference(const Frame& a, const Frame& b, const Rect& where) {
  double squares = 0;
  Difference out;
  for (int y = where.y; y < where.bottom(); ++y) {
    for (int x = where.x; x < where.right(); ++x) {
      for (int c = 0; c < 3; ++c) {
        const int d = a.row(y)[x * 4 + c] - b.row(y)[x * 4 + c];
        squares += d * d;
        out.largest = std::max(out.largest, std::abs(d));
      }
    }
  }
  out.psnr = 10 * std::log10(255 * 255 * 3 * static_cast<double>(where.area()) / std::max(squares, 1e-9));
  return out;
}

}  // namespace

TEST_CASE("a progressive picture is what libfreerdp makes of it, and nearly what was coded") {
  for (const Size size : {Size{64, 64}, Size{200, 130}, Size{640, 480}}) {
    const Frame frame = desktop(size);
    const auto bytes = coded(frame, Rect::of(size));
    Frame shown(size);
    Region painted;
    ProgressivePicture picture;
    REQUIRE(picture.paint(bytes, shown, painted));
    CHECK(painted.bounds() == Rect::of(size));
    const Difference lost = difference(shown, frame, Rect::of(size)), theirs = difference(shown, decoded_by_libfreerdp(bytes, size), Rect::of(size));
    INFO(size.width << "x" << size.height << ": " << lost.psnr << " dB, to libfreerdp's " << theirs.psnr << " dB and " << theirs.largest);
    CHECK(lost.psnr > 35);
    CHECK(theirs.largest <= 2);
  }
}

TEST_CASE("a tile whose bytes end early is plain from there on") {
  RemoteFxTile tile;
  const std::vector<std::byte> zeros(3);
  for (const std::size_t size : {0, 1, 2, 3}) {
    RemoteFxTile::Plane plane{std::span(zeros).first(size), {}};
    plane.quantization.fill(6);
    tile.decode({plane, plane, plane});
    for (int y = 0; y < RemoteFxTile::kSide; ++y)
      for (int x = 0; x < RemoteFxTile::kSide * 4; ++x) REQUIRE(tile.view().row(y)[x] == (x % 4 == 3 ? 255 : 128));
  }
}

TEST_CASE("of a progressive picture only what it says has changed is painted") {
  const Frame frame = desktop({300, 200});
  const Rect changed{70, 30, 100, 50};
  Frame shown({300, 200});
  Region painted;
  REQUIRE(ProgressivePicture().paint(coded(frame, changed), shown, painted));
  CHECK(painted.bounds() == changed);
  CHECK(difference(shown, frame, changed).psnr > 35);
  const Frame black({300, 200});
  for (const Rect& outside : {Rect{0, 0, 300, 30}, Rect{0, 80, 300, 120}, Rect{0, 30, 70, 50}, Rect{170, 30, 130, 50}}) CHECK(same_pixels(shown.view(), black.view(), outside));
}

TEST_CASE("a progressive picture that is cut, lies about its parts or reaches outside is refused or painted within, whatever its bytes are") {
  const Frame frame = desktop({200, 130});
  const auto bytes = coded(frame, Rect::of(frame.size()));
  std::minstd_rand random(11);
  int refused = 0;
  for (int i = 0; i < 3000; ++i) {
    auto wrong = bytes;
    for (unsigned n = 0; n < 1 + random() % 6; ++n) wrong[random() % (i % 2 == 0 ? wrong.size() : std::min<std::size_t>(wrong.size(), 120))] = static_cast<std::byte>(random());
    if (i % 5 == 0) wrong.resize(random() % wrong.size());
    Frame shown({200, 130});
    Region painted;
    refused += ProgressivePicture().paint(wrong, shown, painted) ? 0 : 1;
  }
  CHECK(refused > 500);
  Frame small({10, 10});
  Region painted;
  CHECK_FALSE(ProgressivePicture().paint(bytes, small, painted));  // tiles where there is no surface
}

TEST_CASE("tiles of a client's screen go by RemoteFX Progressive where they are and nearly as they are, a photo in a tenth of its planar bytes") {
  const Frame frame = desktop({500, 330});
  relay::Surface surface;
  surface.commit(frame.view(), {});
  FrontScreen screen(surface);
  screen.look({});
  const auto encoder = ProgressiveEncoder::open(frame.size());
  REQUIRE(encoder);
  Frame shown(frame.size());
  // More than once, and up to the edges.
  for (const std::vector<Rect>& tiles : {std::vector<Rect>{{64, 64, 64, 64}, {192, 128, 128, 64}}, std::vector<Rect>{{448, 256, 52, 64}, {320, 320, 180, 10}}}) {
    const auto coded = encoder->encode(screen, tiles);
    Region painted;
    REQUIRE(ProgressivePicture().paint(std::as_bytes(coded), shown, painted));
    CHECK(painted.area() == tiles[0].area() + tiles[1].area());
    for (const Rect& tile : tiles) CHECK(difference(shown, frame, tile).psnr > 35);
  }
  CHECK(same_pixels(shown.view(), Frame(frame.size()).view(), {0, 0, 500, 64}));

  const Rect photo{256, 0, 192, 64};
  CHECK(encoder->encode(screen, {photo}).size() * 10 < PlanarEncoder().encode(screen.pixels(photo), PlanarEncoder::Rows::from_top).size());
}
