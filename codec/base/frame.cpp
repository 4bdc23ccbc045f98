#include "codec/base/frame.h"

#include <bit>
#include <cstring>

namespace frostgate {

Frame Frame::copy_of(FrameView view) {
  Frame frame(view.size);
  frame.copy_from(view, Rect::of(view.size));
  return frame;
}

void Frame::copy_from(FrameView source, const Rect& rect, Point origin) {
  const Rect area = rect.intersected(Rect::of(size_)).intersected({origin.x, origin.y, source.size.width, source.size.height});
  if (area.empty()) return;
  const std::size_t bytes = static_cast<std::size_t>(area.width) * kBytesPerPixel;
  for (int y = area.y; y < area.bottom(); ++y) {
    std::memcpy(row(y) + std::ptrdiff_t{area.x} * kBytesPerPixel, source.at(area.x - origin.x, y - origin.y), bytes);
  }
}

bool same_pixels(FrameView a, FrameView b, const Rect& rect) {
  if (!Rect::of(a.size).contains(rect) || !Rect::of(b.size).contains(rect)) return false;
  constexpr std::uint64_t kTwoColours = 0x00FFFFFF00FFFFFF;  // two pixels without their X, on a little-endian machine
  static_assert(std::endian::native == std::endian::little);
  for (int y = rect.y; y < rect.bottom(); ++y) {
    const std::uint8_t* p = a.at(rect.x, y);
    const std::uint8_t* q = b.at(rect.x, y);
    std::uint64_t difference = 0;
    int x = 0;
    for (; x + 2 <= rect.width; x += 2, p += 2 * kBytesPerPixel, q += 2 * kBytesPerPixel) {
      std::uint64_t left, right;
      std::memcpy(&left, p, sizeof left);
      std::memcpy(&right, q, sizeof right);
      difference |= left ^ right;
    }
    if (difference & kTwoColours) return false;
    if (x < rect.width && (p[0] != q[0] || p[1] != q[1] || p[2] != q[2])) return false;
  }
  return true;
}

}  // namespace frostgate
