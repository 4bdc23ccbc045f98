#include "gateway/relay/rdp/planar_decoder.h"

#include <cstring>
#include <utility>

namespace frostgate::relay::rdp {
namespace {

constexpr std::uint8_t kWithRuns = 0x10, kOpaque = 0x20;
constexpr int kMostSide = 1 << 14;
constexpr std::size_t kLongestRun = 47;
constexpr std::size_t kStep = 16;  // is copied of any run, as long as there is room behind it

// One row, by runs: raw values, the last of which, or 0 at the beginning, is repeated. Behind it kStep bytes are spoilt.
bool take_line(std::span<const std::uint8_t>& rest, std::uint8_t* line, std::size_t width) {
  std::size_t at = 0;
  while (at < width) {
    if (rest.empty()) return false;
    std::size_t raw = rest[0] >> 4, run = rest[0] & 15;
    // Those mean long runs without values.
    if (run == 1 || run == 2) run = 16 * run + std::exchange(raw, 0);
    if (raw + run > width - at || raw >= rest.size()) return false;
    if (rest.size() > kStep) std::memcpy(line + at, rest.data() + 1, kStep);
    else std::memcpy(line + at, rest.data() + 1, raw);
    at += raw;
    const std::uint8_t last = at > 0 ? line[at - 1] : 0;
    std::memset(line + at, last, kStep);
    if (run > kStep) std::memset(line + at + kStep, last, run - kStep);
    at += run;
    rest = rest.subspan(1 + raw);
  }
  return true;
}

}  // namespace

bool PlanarDecoder::decode_plane(std::span<const std::uint8_t>& rest, std::uint8_t* plane, Size size) {
  const auto width = static_cast<std::size_t>(size.width);
  for (int y = 0; y < size.height; ++y, plane += width) {
    if (!take_line(rest, plane, width)) return false;
    if (y == 0) continue;
    const std::uint8_t* const above = plane - width;
    // What differs from the row above; the sign is the lowest bit.
    for (std::size_t x = 0; x < width; ++x) plane[x] = static_cast<std::uint8_t>(above[x] + ((plane[x] >> 1) ^ (0 - (plane[x] & 1))));
  }
  return true;
}

bool PlanarDecoder::decode(std::span<const std::uint8_t> bytes, Size size, const Rect& visible, const Screen& screen, Rows rows) {
  if (bytes.empty() || size.empty() || size.width > kMostSide || size.height > kMostSide) return false;
  const std::uint8_t header = bytes[0];
  if ((header & ~(kOpaque | kWithRuns)) != 0) return false;
  const auto width = static_cast<std::size_t>(size.width), area = width * static_cast<std::size_t>(size.height);
  const std::size_t count = (header & kOpaque) != 0 ? 3 : 4;
  std::span<const std::uint8_t> rest = bytes.subspan(1);
  const std::uint8_t* planes = rest.data();
  if ((header & kWithRuns) == 0) {
    if (rest.size() < count * area) return false;
  } else {
    // So that a few bytes do not make room for a huge picture: one codes no more than kLongestRun pixels of a row.
    if (rest.size() < count * static_cast<std::size_t>(size.height) * ((width + kLongestRun - 1) / kLongestRun)) return false;
    if (planes_.size() < count * area + kStep) planes_.resize(count * area + kStep);
    for (std::size_t plane = 0; plane < count; ++plane)
      if (!decode_plane(rest, planes_.data() + plane * area, size)) return false;
    planes = planes_.data();
  }
  planes += (count - 3) * area;  // how opaque it is comes first
  const Rect shown = Rect{visible.x, visible.y, size.width, size.height}.intersected(visible).intersected(Rect::of(screen.size));
  const auto across = static_cast<std::size_t>(shown.width);
  if (row_.size() < across) row_.resize(across);
  for (int y = shown.y; y < shown.bottom(); ++y) {
    const int line = y - visible.y;
    const auto row = static_cast<std::size_t>(rows == Rows::from_top ? line : size.height - 1 - line) * width + static_cast<std::size_t>(shown.x - visible.x);
    const std::uint8_t *const red = planes + row, *const green = red + area, *const blue = green + area;
    std::uint32_t* const pixels = row_.data();
    for (std::size_t x = 0; x < across; ++x) pixels[x] = 0xFF000000u | static_cast<std::uint32_t>(red[x]) << 16 | static_cast<std::uint32_t>(green[x]) << 8 | blue[x];
    std::memcpy(screen.pixels + y * screen.stride + std::ptrdiff_t{shown.x} * kBytesPerPixel, pixels, across * kBytesPerPixel);
  }
  return true;
}

}  // namespace frostgate::relay::rdp
