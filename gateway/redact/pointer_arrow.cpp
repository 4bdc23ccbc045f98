#include "gateway/redact/pointer_arrow.h"

#include <cstddef>
#include <iterator>

namespace frostgate::redact {
namespace {

// '#' outline, '.' fill, tip at the top left.
constexpr const char* kArrow[] = {
    "#           ", "##          ", "#.#         ", "#..#        ", "#...#       ", "#....#      ",
    "#.....#     ", "#......#    ", "#.......#   ", "#........#  ", "#.........# ", "#......#####",
    "#...#..#    ", "#..# #..#   ", "#.#  #..#   ", "##    #..#  ", "#     #..#  ", "       ##   ",
};
constexpr int kArrowHeight = static_cast<int>(std::size(kArrow));
constexpr int kArrowWidth = 12;

void put(Frame& frame, int x, int y, std::uint8_t blue, std::uint8_t green, std::uint8_t red) {
  std::uint8_t* pixel = frame.row(y) + std::ptrdiff_t{x} * kBytesPerPixel;
  pixel[0] = blue;
  pixel[1] = green;
  pixel[2] = red;
}

}  // namespace

Rect draw_pointer(Frame& frame, Point position, bool pressed) {
  // The position comes from a client: so far out, its rectangle's right side would overflow.
  if (position.x >= frame.size().width || position.y >= frame.size().height) return {};
  const Rect area = Rect{position.x, position.y, kArrowWidth, kArrowHeight}.intersected(Rect::of(frame.size()));
  for (int y = area.y; y < area.bottom(); ++y) {
    for (int x = area.x; x < area.right(); ++x) {
      const char mark = kArrow[y - position.y][x - position.x];
      if (mark == '#') put(frame, x, y, 0, 0, 0);
      // A pressed button shows as a yellow arrow.
      if (mark == '.') put(frame, x, y, pressed ? 0 : 255, pressed ? 220 : 255, 255);
    }
  }
  return area;
}

}  // namespace frostgate::redact
