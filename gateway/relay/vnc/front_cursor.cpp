#include "gateway/relay/vnc/front_cursor.h"

#include <cstdlib>

namespace frostgate::relay::vnc {
namespace {

template <class T>
T* allocate(std::size_t count) {
  T* memory = static_cast<T*>(std::calloc(count, sizeof(T)));  // the library frees it
  if (memory == nullptr) std::abort();
  return memory;
}

std::uint8_t opaque_colour(std::uint8_t premultiplied, unsigned alpha) {
  return static_cast<std::uint8_t>(std::min(255u, premultiplied * 255u / alpha));
}

}  // namespace

rfbCursorPtr make_cursor(const CursorShape& shape) {
  // A hidden pointer is one transparent pixel: RFB viewers draw their own when they get none.
  const bool hidden = shape.size.empty();
  const Size size = hidden ? Size{1, 1} : shape.size;
  const std::size_t row_bytes = static_cast<std::size_t>(size.width + 7) / 8;
  auto* cursor = allocate<rfbCursor>(1);
  cursor->cleanup = cursor->cleanupMask = cursor->cleanupRichSource = TRUE;
  cursor->width = static_cast<unsigned short>(size.width);
  cursor->height = static_cast<unsigned short>(size.height);
  cursor->xhot = static_cast<unsigned short>(std::clamp(shape.hotspot.x, 0, size.width - 1));
  cursor->yhot = static_cast<unsigned short>(std::clamp(shape.hotspot.y, 0, size.height - 1));
  cursor->mask = allocate<unsigned char>(row_bytes * static_cast<std::size_t>(size.height));
  cursor->richSource = allocate<unsigned char>(static_cast<std::size_t>(size.area()) * kBytesPerPixel);
  if (hidden) return cursor;
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const std::size_t at = static_cast<std::size_t>(y * size.width + x) * kBytesPerPixel;
      const unsigned alpha = shape.pixels[at + 3];
      if (alpha < 128) continue;
      cursor->mask[static_cast<std::size_t>(y) * row_bytes + static_cast<std::size_t>(x / 8)] |=
          static_cast<unsigned char>(0x80 >> (x % 8));
      for (std::size_t channel = 0; channel < 3; ++channel)
        cursor->richSource[at + channel] = opaque_colour(shape.pixels[at + channel], alpha);
    }
  }
  return cursor;
}

}  // namespace frostgate::relay::vnc
