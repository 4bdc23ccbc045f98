// CPU and bytes of coding a dense 1080p scroll: journal tiles, and film. Prints one line each.
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <memory>
#include <optional>
#include <random>
#include <vector>

#include "codec/base/cleared_frame.h"
#include "codec/segment_encoder.h"
#include "codec/tiles/tile_encoder.h"

namespace frostgate::redaction {

// This program links no redaction, so it defines the one maker of ClearedFrame itself.
class Renderer {
 public:
  static ClearedFrame clear(Frame frame) {
    const Rect all = Rect::of(frame.size());
    return ClearedFrame(ClearedFramePasskey(), std::make_shared<const Frame>(std::move(frame)), all);
  }
};

}  // namespace frostgate::redaction

namespace {

using namespace frostgate;

constexpr Size kScreen{1920, 1080};
constexpr int kSteps = 60, kLine = 16, kCell = 8;

// Cells of 8x16 with one of 90 anti-aliased glyph-like patterns, as a terminal full of text has them.
std::uint32_t pixel_of(unsigned glyph, int x, int y) {
  const unsigned hash = (glyph * 2654435761U) ^ static_cast<unsigned>((x / 2) * 97 + (y / 3) * 131);
  if (glyph < 20 || x == 0 || y < 3 || y > 12 || (hash >> 7) % 3 != 0) return 0x00101010;
  const unsigned grey = 64 + (hash >> 11) % 4 * 48;
  return grey | grey << 8 | grey << 16;
}

Frame scrolled(int lines) {
  Frame frame(kScreen);
  for (int y = 0; y < kScreen.height; ++y) {
    std::mt19937 random(static_cast<unsigned>(y / kLine + lines));
    for (int cell = 0; cell < kScreen.width / kCell; ++cell) {
      const unsigned glyph = random() % 110;
      for (int x = 0; x < kCell; ++x) {
        const std::uint32_t colour = pixel_of(glyph, x, y % kLine);
        std::memcpy(frame.row(y) + (cell * kCell + x) * kBytesPerPixel, &colour, sizeof colour);
      }
    }
  }
  return frame;
}

template <class Step>
double milliseconds_of(const Step& step) {
  const std::clock_t start = std::clock();
  step();
  return 1000.0 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

}  // namespace

int main() {
  codec::TileEncoder tiles;
  codec::SegmentEncoder film = codec::SegmentEncoder::open({}).value();
  double tile_time = 0, still_time = 0, film_time = 0;
  std::size_t tile_bytes = 0, film_bytes = 0;
  for (int step = 0; step < kSteps; ++step) {
    const Frame frame = scrolled(step);
    std::optional<std::vector<std::byte>> state;
    tile_time += milliseconds_of([&] { state = tiles.encode(frame.view(), Rect::of(kScreen)); });
    still_time += milliseconds_of([&] { tiles.encode(frame.view(), Rect::of(kScreen)); });
    tile_bytes += state->size();
    const ClearedFrame cleared = redaction::Renderer::clear(frame);
    film_time += milliseconds_of([&] {
      const std::vector<Segment> done = film.add(cleared, std::chrono::milliseconds(200) * step).value();
      for (const Segment& segment : done) film_bytes += segment.bytes.size();
    });
  }
  const std::vector<Segment> rest = film.finish(std::chrono::milliseconds(200) * kSteps).value();
  for (const Segment& segment : rest) film_bytes += segment.bytes.size();
  std::printf("tiles: %.2f ms and %zu bytes a state of 510 changed tiles; %.2f ms when nothing changed\n", tile_time / kSteps,
              tile_bytes / kSteps, still_time / kSteps);
  std::printf("film: %.2f ms and %zu bytes a picture\n", film_time / kSteps, film_bytes / kSteps);
}
