#include "gateway/relay/vnc/hextile.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "codec/base/packed_bits.h"

namespace frostgate::relay::vnc {
namespace {

constexpr std::uint8_t kRaw = 1, kBackground = 2, kForeground = 4, kSubrects = 8, kColoured = 16;

std::uint8_t* put_pixel(std::uint32_t pixel, std::uint8_t* out) {
  std::memcpy(out, &pixel, sizeof pixel);
  return out + sizeof pixel;
}

std::uint8_t* put_place(int x, int y, int width, int height, std::uint8_t* out) {
  *out++ = static_cast<std::uint8_t>(x << 4 | y);
  *out++ = static_cast<std::uint8_t>((width - 1) << 4 | (height - 1));
  return out;
}

}  // namespace

struct HextileEncoder::Pixels {
  explicit Pixels(FrameView tile) : width(tile.size.width), height(tile.size.height) {
    for (int y = 0; y < height; ++y) {
      std::memcpy(row(y), tile.row(y), static_cast<std::size_t>(width) * kBytesPerPixel);
      for (int x = 0; x < width; ++x) row(y)[x] &= 0x00FFFFFF;
    }
  }
  std::uint32_t* row(int y) { return values.data() + y * width; }
  const std::uint32_t* row(int y) const { return values.data() + y * width; }
  std::size_t count() const { return static_cast<std::size_t>(width) * static_cast<std::size_t>(height); }

  const int width, height;
  std::array<std::uint32_t, std::size_t{kSide} * kSide> values;  // packed
};

std::uint8_t* HextileEncoder::encode(FrameView tile, std::uint8_t* out) {
  Pixels pixels(tile);
  const auto begin = pixels.values.begin(), end = begin + static_cast<std::ptrdiff_t>(pixels.count());
  const std::uint32_t first = pixels.values[0];
  const auto other = std::find_if(begin, end, [&](std::uint32_t pixel) { return pixel != first; });
  if (other == end) return put_solid(first, out);
  const std::uint32_t second = *other;
  bool more = false;
  for (auto pixel = other; pixel != end; ++pixel) more |= (*pixel != first) & (*pixel != second);
  if (pixels.count() == 2) return put_raw(pixels, out);
  return more ? put_many(pixels, out) : put_two(pixels, first, second, out);
}

std::uint8_t* HextileEncoder::put_solid(std::uint32_t colour, std::uint8_t* out) {
  if (background_ == colour) {
    *out++ = 0;
    return out;
  }
  *out++ = kBackground;
  background_ = colour;
  return put_pixel(colour, out);
}

std::uint8_t* HextileEncoder::put_two(const Pixels& pixels, std::uint32_t first, std::uint32_t second, std::uint8_t* out) {
  std::array<std::uint32_t, kSide> rows{};  // a bit for each pixel that is not the background
  int ink = 0;
  for (int y = 0; y < pixels.height; ++y) {
    std::array<std::uint8_t, kSide> is_ink{};
    for (int x = 0; x < pixels.width; ++x) is_ink[static_cast<std::size_t>(x)] = pixels.row(y)[x] == second ? 1 : 0;
    for (const std::uint8_t one : is_ink) ink += one;
    rows[static_cast<std::size_t>(y)] = static_cast<std::uint32_t>(packed_bits(is_ink.data()) | packed_bits(is_ink.data() + 8) << 8);
  }
  if (static_cast<std::size_t>(ink) * 2 > pixels.count()) {
    std::swap(first, second);
    for (std::uint32_t& row : rows) row = ~row & ((1U << pixels.width) - 1);
    std::fill(rows.begin() + pixels.height, rows.end(), 0U);
  }
  std::uint8_t* const kind = out++;
  *kind = kSubrects;
  if (background_ != first) {
    *kind |= kBackground;
    out = put_pixel(first, out);
  }
  if (foreground_ != second) {
    *kind |= kForeground;
    out = put_pixel(second, out);
  }
  background_ = first;
  foreground_ = second;
  std::uint8_t* const count = out++;
  *count = 0;
  for (int y = 0; y < pixels.height; ++y) {
    for (std::uint32_t& row = rows[static_cast<std::size_t>(y)]; row != 0;) {
      const int x = std::countr_zero(row), width = std::countr_one(row >> x);
      const std::uint32_t run = ((1U << width) - 1) << x;
      row &= ~run;
      int below = y + 1;
      for (; below < pixels.height && (rows[static_cast<std::size_t>(below)] & run) == run; ++below) rows[static_cast<std::size_t>(below)] &= ~run;
      out = put_place(x, y, width, below - y, out);
      ++*count;  // half of a tile's pixels at most
    }
  }
  return out;
}

// Of more colours: pieces of one colour each, as long as they are shorter than the pixels.
std::uint8_t* HextileEncoder::put_many(Pixels& pixels, std::uint8_t* out) {
  constexpr std::uint32_t kDone = 0xFF000000;  // no colour
  constexpr int kPieceBytes = 6;
  // Most of them, where one is: by pairs of different ones that are struck out.
  std::uint32_t paper = 0;
  int lead = 0;
  for (std::size_t i = 0; i < pixels.count(); ++i) {
    if (lead == 0) paper = pixels.values[i];
    lead += pixels.values[i] == paper ? 1 : -1;
  }
  const Pixels whole = pixels;
  const int most = std::min<int>(255, (static_cast<int>(pixels.count()) * kBytesPerPixel - 1 - kBytesPerPixel) / kPieceBytes);
  std::uint8_t* const begin = out;
  *out++ = static_cast<std::uint8_t>(kSubrects | kColoured | (background_ == paper ? 0 : kBackground));
  if (background_ != paper) out = put_pixel(paper, out);
  std::uint8_t* const count = out++;
  *count = 0;
  for (int y = 0; y < pixels.height; ++y) {
    for (int x = 0; x < pixels.width; ++x) {
      const std::uint32_t colour = pixels.row(y)[x];
      if (colour == paper || colour == kDone) continue;
      if (*count == most) return put_raw(whole, begin);
      int right = x + 1, below = y + 1;
      while (right < pixels.width && pixels.row(y)[right] == colour) ++right;
      const auto alike = [&](int row) { return std::all_of(pixels.row(row) + x, pixels.row(row) + right, [&](std::uint32_t pixel) { return pixel == colour; }); };
      for (; below < pixels.height && alike(below); ++below) std::fill(pixels.row(below) + x, pixels.row(below) + right, kDone);
      out = put_place(x, y, right - x, below - y, put_pixel(colour, out));
      ++*count;
      x = right - 1;
    }
  }
  background_ = paper;
  foreground_.reset();
  return out;
}

std::uint8_t* HextileEncoder::put_raw(const Pixels& pixels, std::uint8_t* out) {
  *out++ = kRaw;
  std::memcpy(out, pixels.values.data(), pixels.count() * kBytesPerPixel);
  background_.reset();
  foreground_.reset();
  return out + pixels.count() * kBytesPerPixel;
}

}  // namespace frostgate::relay::vnc
