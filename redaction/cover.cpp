#include "redaction/cover.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace frostgate::redaction {
namespace {

constexpr int kLeftGrid = 16, kWidthStep = 64, kMinWidth = 192, kAreaGrid = 8;
constexpr int kCell = 8;  // of the noise
constexpr int kDeepest = 8, kGlass = 24;  // of a box's rows; of a pixel's weight, without noise
constexpr Colour kGrey = 0x808080;

int down(int value, int grid) { return (value >= 0 ? value : value - grid + 1) / grid * grid; }
int up(int value, int grid) { return -down(-value, grid); }

std::uint32_t lattice(int x, int y) {
  std::uint32_t h = 0x9E3779B9U + static_cast<std::uint32_t>(x) * 0x85EBCA6BU + static_cast<std::uint32_t>(y) * 0xC2B2AE35U;
  h = (h ^ h >> 15) * 0x2C1B3C6DU;
  h = (h ^ h >> 12) * 0x297A2D39U;
  return h ^ h >> 15;
}

// Between two rows of the lattice, kCell times as much: what one of its points has at row y of a box.
int lattice_at(int cx, int y) {
  const auto value = [&](int cy) { return static_cast<int>(lattice(cx, cy) & 255); };
  return value(y / kCell) * (kCell - y % kCell) + value(y / kCell + 1) * (y % kCell);
}

using Shades = std::array<std::uint32_t, kGlass + 255 * 3 / 8 + 1>;

// Pixels by weight, of 256: how far the colour goes towards grey.
Shades shades_of(Colour colour) {
  Shades shades{};
  for (int weight = 0; weight < static_cast<int>(shades.size()); ++weight) {
    for (int shift = 0; shift < 24; shift += 8) {
      const int base = static_cast<int>(colour >> shift & 255);
      const int away = base >= 112 && base <= 144 ? weight / 8 : 0;  // grey has nowhere to go
      shades[static_cast<std::size_t>(weight)] |= static_cast<std::uint32_t>(base + (128 - base) * weight / 256 + away) << shift;
    }
  }
  return shades;
}

}  // namespace

Rect snapped(const CoverSpot& spot) {
  const int left = std::max({0, down(spot.left, kLeftGrid), std::min(spot.panel_start, spot.left)});
  int right = spot.panel_end;
  if (!spot.to_panel_end) {
    right = left + std::max(kMinWidth, up(spot.right - left, kWidthStep));
    // The panel's edge does not know the secret; but nothing to be hidden may lie past the box.
    right = std::max(std::min(right, spot.panel_end), spot.right);
  }
  return Rect::between(left, spot.top, std::max(right, left + 1), spot.bottom);
}

Rect snapped_outwards(const Rect& area) {
  return Rect::between(down(area.x - 2, kAreaGrid), down(area.y - 2, kAreaGrid), up(area.right() + 2, kAreaGrid),
                       up(area.bottom() + 2, kAreaGrid));
}

Colour ring_colour(FrameView frame, const Rect& box, const std::vector<Rect>& boxes) {
  const Rect ring = box.expanded(1, 1), screen = Rect::of(frame.size);
  std::vector<Rect> near;
  for (const Rect& other : boxes) {
    if (other.intersects(ring)) near.push_back(other);
  }
  std::vector<Colour> samples;
  const auto sample = [&](int x, int y) {
    const Rect pixel{x, y, 1, 1};
    if (!screen.contains(pixel)) return;
    for (const Rect& other : near) {
      if (other.contains(pixel)) return;
    }
    samples.push_back(colour_of(frame.at(x, y)));
  };
  for (int x = ring.x; x < ring.right(); ++x) {
    sample(x, ring.y);
    sample(x, ring.bottom() - 1);
  }
  for (int y = ring.y + 1; y + 1 < ring.bottom(); ++y) {
    sample(ring.x, y);
    sample(ring.right() - 1, y);
  }
  std::sort(samples.begin(), samples.end());
  Colour best = kGrey;
  std::ptrdiff_t most = 0;
  for (auto first = samples.begin(); first != samples.end();) {
    const auto last = std::upper_bound(first, samples.end(), *first);
    if (last - first > most) {
      most = last - first;
      best = *first;
    }
    first = last;
  }
  return best;
}

void fill(Frame& frame, const Rect& box, Colour colour, const Rect& clip) {
  const Rect area = box.intersected(clip).intersected(Rect::of(frame.size()));
  if (area.empty()) return;
  const auto shades = shades_of(colour);
  // Frosted glass is a shade towards grey, strongest in the middle rows, so that a box is seen on any ground.
  for (int y = area.y; y < area.bottom(); ++y) {
    const int from_edge = std::min(y - box.y, box.bottom() - 1 - y);
    const int envelope = std::min(from_edge + 2, kDeepest);
    std::uint8_t* const row = frame.row(y);
    // Smooth noise: bilinear between lattice points, 0 to 255.
    for (int left = area.x; left < area.right();) {
      const int cell = (left - box.x) / kCell, right = std::min(box.x + (cell + 1) * kCell, area.right());
      const int first = lattice_at(cell, y - box.y), last = lattice_at(cell + 1, y - box.y);
      for (; left < right; ++left) {
        const int along = left - box.x - cell * kCell;
        const int noise = (first * (kCell - along) + last * along) / (kCell * kCell);
        const auto weight = static_cast<std::size_t>(envelope * (kGlass + noise * 3 / 8) / kDeepest);
        std::memcpy(row + std::ptrdiff_t{left} * kBytesPerPixel, &shades[weight], kBytesPerPixel);
      }
    }
  }
}

}  // namespace frostgate::redaction
