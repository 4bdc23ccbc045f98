#include "codec/base/frame.h"

#include <cstring>

namespace frostgate {

Frame Frame::copy_of(FrameView view) {
  Frame frame(view.size);
  frame.copy_from(view, Rect::of(view.size));
  return frame;
}

void Frame::copy_from(FrameView source, const Rect& rect) {
  const Rect area = rect.intersected(Rect::of(size_)).intersected(Rect::of(source.size));
  if (area.empty()) return;
  const std::size_t bytes = static_cast<std::size_t>(area.width) * kBytesPerPixel;
  for (int y = area.y; y < area.bottom(); ++y) {
    std::memcpy(row(y) + std::ptrdiff_t{area.x} * kBytesPerPixel, source.at(area.x, y), bytes);
  }
}

bool same_pixels(FrameView a, FrameView b, const Rect& rect) {
  if (!Rect::of(a.size).contains(rect) || !Rect::of(b.size).contains(rect)) return false;
  for (int y = rect.y; y < rect.bottom(); ++y) {
    const std::uint8_t* p = a.at(rect.x, y);
    const std::uint8_t* q = b.at(rect.x, y);
    // Whole words first: the X bytes are mostly equal, and then one compare settles the row.
    if (std::memcmp(p, q, static_cast<std::size_t>(rect.width) * kBytesPerPixel) == 0) continue;
    for (int x = 0; x < rect.width; ++x, p += kBytesPerPixel, q += kBytesPerPixel) {
      if (p[0] != q[0] || p[1] != q[1] || p[2] != q[2]) return false;
    }
  }
  return true;
}

}  // namespace frostgate
