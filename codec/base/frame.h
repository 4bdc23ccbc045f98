// Pixels. One format everywhere: BGRX, 8 bits each, X is undefined and never compared.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "codec/base/geometry.h"

namespace frostgate {

inline constexpr int kBytesPerPixel = 4;

// Somebody else's pixels, for reading. Valid as long as the owner keeps them. `stride` is bytes from row to row.
struct FrameView {
  const std::uint8_t* pixels = nullptr;
  Size size;
  std::ptrdiff_t stride = 0;

  const std::uint8_t* row(int y) const { return pixels + y * stride; }
  const std::uint8_t* at(int x, int y) const { return row(y) + std::ptrdiff_t{x} * kBytesPerPixel; }
  FrameView part(const Rect& inside) const { return {at(inside.x, inside.y), {inside.width, inside.height}, stride}; }
};

// Owned pixels, rows packed (stride = width * 4). A new frame is black. Copying copies the pixels.
class Frame {
 public:
  Frame() = default;
  explicit Frame(Size size) : size_(size), pixels_(static_cast<std::size_t>(size.area()) * kBytesPerPixel) {}
  static Frame copy_of(FrameView view);

  Size size() const { return size_; }
  std::ptrdiff_t stride() const { return std::ptrdiff_t{size_.width} * kBytesPerPixel; }
  std::uint8_t* row(int y) { return pixels_.data() + y * stride(); }
  const std::uint8_t* row(int y) const { return pixels_.data() + y * stride(); }
  FrameView view() const { return {pixels_.data(), size_, stride()}; }

  // Copies what `source`, whose upper left corner lies at `origin`, has of `rect`; the parts outside either are left alone.
  void copy_from(FrameView source, const Rect& rect, Point origin = {});

 private:
  Size size_;
  std::vector<std::uint8_t> pixels_;
};

// Whether the colours of `rect` are the same in both; false when it reaches outside either.
bool same_pixels(FrameView a, FrameView b, const Rect& rect);

}  // namespace frostgate
