// The fast ways of finding ink and lines against plain ones.
#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "redaction/lines/bit_rows.h"
#include "redaction/lines/colour.h"
#include "redaction/lines/dirty_areas.h"
#include "redaction/lines/ink.h"
#include "redaction/lines/segmentation.h"
#include "tests/unit/redaction/canvas.h"

namespace frostgate::redaction {
namespace {

using Bitmap = std::vector<std::vector<bool>>;

Bitmap empty_like(const Bitmap& map) { return Bitmap(map.size(), std::vector<bool>(map[0].size())); }

Bitmap random_bitmap(Size size, unsigned seed, unsigned one_in) {
  std::mt19937 random(seed);
  Bitmap map(static_cast<std::size_t>(size.height), std::vector<bool>(static_cast<std::size_t>(size.width)));
  for (auto& row : map) {
    for (std::size_t x = 0; x < row.size(); ++x) row[x] = random() % one_in != 0;
  }
  return map;
}

BitRows packed(const Bitmap& map) {
  BitRows rows({static_cast<int>(map[0].size()), static_cast<int>(map.size())});
  for (std::size_t y = 0; y < map.size(); ++y) {
    for (std::size_t x = 0; x < map[y].size(); ++x) {
      if (map[y][x]) rows.row(static_cast<int>(y))[x / 64] |= BitRows::Word{1} << (x % 64);
    }
  }
  return rows;
}

bool equal(const BitRows& rows, const Bitmap& map) {
  for (std::size_t y = 0; y < map.size(); ++y) {
    for (std::size_t x = 0; x < map[y].size(); ++x) {
      if (rows.test(static_cast<int>(x), static_cast<int>(y)) != map[y][x]) return false;
    }
  }
  return true;
}

Bitmap turned(const Bitmap& map) {
  Bitmap out(map[0].size(), std::vector<bool>(map.size()));
  for (std::size_t y = 0; y < map.size(); ++y) {
    for (std::size_t x = 0; x < map[y].size(); ++x) out[x][y] = map[y][x];
  }
  return out;
}

// Runs of at least `length`; with `closing`, instead the gaps of at most `length` between set pixels.
Bitmap plain_runs(const Bitmap& map, std::size_t length, bool closing) {
  Bitmap out = closing ? map : empty_like(map);
  for (std::size_t y = 0; y < map.size(); ++y) {
    for (std::size_t x = 0; x < map[y].size();) {
      std::size_t end = x;
      while (end < map[y].size() && map[y][end] == map[y][x]) ++end;
      const bool wanted = closing ? !map[y][x] && end - x <= length && x > 0 && end < map[y].size() : map[y][x] && end - x >= length;
      for (std::size_t k = x; wanted && k < end; ++k) out[y][k] = true;
      x = end;
    }
  }
  return out;
}

Bitmap plain_dilated(const Bitmap& map, int reach) {
  Bitmap out = empty_like(map);
  const int height = static_cast<int>(map.size()), width = static_cast<int>(map[0].size());
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int v = std::max(0, y - reach); v <= std::min(height - 1, y + reach); ++v) {
        for (int u = std::max(0, x - reach); u <= std::min(width - 1, x + reach); ++u) {
          if (map[static_cast<std::size_t>(v)][static_cast<std::size_t>(u)]) out[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)] = true;
        }
      }
    }
  }
  return out;
}

Canvas busy_screen() {
  Canvas canvas({1000, 600}, {0.1, 0.1, 0.12});
  canvas.rectangle({500, 0, 500, 380}, kPaper);
  canvas.rectangle({520, 400, 460, 180}, {0.9, 0.9, 0.85});
  for (int i = 0; i < 36; ++i) canvas.text(8, 20 + i * 16, "typing jumps over (quickly) " + std::to_string(i * 7919), 13, {0.8, 0.9, 0.8});
  for (int i = 0; i < 20; ++i) canvas.text(510, 20 + i * 18, "item " + std::to_string(i * 31) + "    harmless value", 14, kBlack, "DejaVu Sans");
  for (int i = 0; i < 4; ++i) canvas.text(530, 430 + i * 40, "Larger rows of type", 28, {0.3, 0.1, 0.1}, "DejaVu Sans");
  return canvas;
}

}  // namespace

TEST_CASE("operations on packed rows equal the plain ones") {
  for (unsigned seed = 0; seed < 12; ++seed) {
    const int width = 1 + static_cast<int>(seed * 53 % 260);
    const Bitmap dense = random_bitmap({width, 70}, seed, 30), sparse = turned(random_bitmap({70, width}, seed, 2));
    CAPTURE(seed, width);
    for (const std::size_t length : {2U, 41U, 64U}) {
      CHECK(equal(packed(dense).row_runs(static_cast<int>(length)), plain_runs(dense, length, false)));
      CHECK(equal(packed(dense).column_runs(static_cast<int>(length)), turned(plain_runs(turned(dense), length, false))));
    }
    CHECK(equal(packed(sparse).row_closed(12), plain_runs(sparse, 12, true)));
    CHECK(equal(packed(sparse).dilated(3), plain_dilated(sparse, 3)));
  }
}

TEST_CASE("ink is where a colour jumps, faintly too where nothing strong is near") {
  const Canvas canvas = busy_screen();
  const FrameView frame = canvas.view();
  Bitmap strong(600, std::vector<bool>(1000)), faint = strong;
  for (int y = 0; y < 600; ++y) {
    for (int x = 0; x < 1000; ++x) {
      int jump = 0;
      if (x > 0) jump = std::max(jump, distance(colour_of(frame.at(x, y)), colour_of(frame.at(x - 1, y))));
      if (y > 0) jump = std::max(jump, distance(colour_of(frame.at(x, y)), colour_of(frame.at(x, y - 1))));
      strong[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)] = jump > 18;
      faint[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)] = jump > 2;
    }
  }
  const Bitmap near = plain_dilated(strong, 3);
  Bitmap ink = strong;
  for (std::size_t y = 0; y < 600; ++y) {
    for (std::size_t x = 0; x < 1000; ++x) ink[y][x] = strong[y][x] || (faint[y][x] && !near[y][x]);
  }
  Bitmap mended = ink;  // a rule goes on where another crosses it
  for (std::size_t y = 1; y + 1 < 600; ++y) {
    for (std::size_t x = 0; x < 1000; ++x) mended[y][x] = ink[y][x] || (ink[y - 1][x] && ink[y + 1][x]);
  }
  const Bitmap across = plain_runs(ink, 41, false), down = turned(plain_runs(turned(mended), 41, false));
  for (std::size_t y = 0; y < 600; ++y) {
    for (std::size_t x = 0; x < 1000; ++x) ink[y][x] = ink[y][x] && !across[y][x] && !down[y][x];
  }
  CHECK(equal(InkMap(frame, Rect::of(frame.size)).bits(), ink));
}

TEST_CASE("a look at a part finds what a look at the whole screen finds there") {
  const Canvas canvas = busy_screen();
  const std::vector<LineBox> all = find_lines(canvas.view(), Rect::of({1000, 600}));
  for (int y = 0; y < 600; y += 50) {
    for (int x = 0; x < 1000; x += 90) {
      const FreshLook part = look_again(canvas.view(), Rect{x, y, 64, 48}.intersected(Rect::of({1000, 600})));
      std::vector<LineBox> expected;
      std::copy_if(all.begin(), all.end(), std::back_inserter(expected), [&](const LineBox& line) { return line.box.intersects(part.area); });
      CAPTURE(x, y);
      CHECK(part.lines == expected);
    }
  }
}

TEST_CASE("an area grows over the known lines that it touches or that new ink could join") {
  const std::vector<Rect> damage{{100, 100, 10, 10}};
  CHECK(dirty_areas(damage, {1000, 600}, {}) == std::vector<Rect>{{98, 98, 14, 14}});
  CHECK(dirty_areas(damage, {1000, 600}, {{20, 96, 70, 12}, {300, 100, 50, 12}}).at(0).contains({20, 96, 92, 16}));
  CHECK(dirty_areas(damage, {1000, 600}, {{300, 100, 50, 12}}).at(0).right() < 300);
}

}  // namespace frostgate::redaction
