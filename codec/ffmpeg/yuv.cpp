#include "codec/ffmpeg/yuv.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace frostgate::codec::ffmpeg {
namespace {

constexpr int kBits = 15;

// The luma weights 0.2126, 0.7152, 0.0722 scaled to 219 steps; the colour differences to 224. In units of 2^-15.
std::uint8_t luma(int b, int g, int r) {
  return static_cast<std::uint8_t>((2032 * b + 20127 * g + 5983 * r + (16 << kBits) + (1 << (kBits - 1))) >> kBits);
}
// These take the sums of four pixels.
std::uint8_t blue_difference(int b, int g, int r) {
  return static_cast<std::uint8_t>((14392 * b - 11094 * g - 3298 * r + (128 << (kBits + 2)) + (1 << (kBits + 1))) >> (kBits + 2));
}
std::uint8_t red_difference(int b, int g, int r) {
  return static_cast<std::uint8_t>((-1320 * b - 13072 * g + 14392 * r + (128 << (kBits + 2)) + (1 << (kBits + 1))) >> (kBits + 2));
}

std::uint8_t luma_of(const std::uint8_t* pixel) { return luma(pixel[0], pixel[1], pixel[2]); }

}  // namespace

Result<Picture> black_picture(Size size, std::uint8_t black) {
  Picture picture(av_frame_alloc());
  if (!picture) return Error{ErrorKind::no_space, "no memory for a picture"};
  picture->format = AV_PIX_FMT_YUV420P;
  picture->width = size.width;
  picture->height = size.height;
  if (const int code = av_frame_get_buffer(picture.get(), 0); code < 0) {
    return av_error(code, ErrorKind::no_space, "no memory for a picture");
  }
  for (int plane = 0; plane < 3; ++plane) {
    const int height = plane == 0 ? size.height : size.height / 2;
    std::memset(picture->data[plane], plane == 0 ? black : 128, static_cast<std::size_t>(picture->linesize[plane]) * height);
  }
  return picture;
}

void convert(FrameView source, const Rect& rect, AVFrame& to) {
  const Rect area = rect.intersected(Rect::of(source.size));
  if (area.empty()) return;
  const int left = area.x & ~1, right = (area.right() + 1) & ~1;
  const int top = area.y & ~1, bottom = (area.bottom() + 1) & ~1;
  const int last_x = source.size.width - 1, last_y = source.size.height - 1;
  for (int y = top; y < bottom; y += 2) {
    const std::uint8_t* upper = source.row(y);
    const std::uint8_t* lower = source.row(std::min(y + 1, last_y));
    std::uint8_t* luma_upper = to.data[0] + std::ptrdiff_t{y} * to.linesize[0];
    std::uint8_t* luma_lower = luma_upper + to.linesize[0];
    std::uint8_t* blue = to.data[1] + std::ptrdiff_t{y / 2} * to.linesize[1];
    std::uint8_t* red = to.data[2] + std::ptrdiff_t{y / 2} * to.linesize[2];
    for (int x = left; x < right; x += 2) {
      const std::ptrdiff_t here = std::ptrdiff_t{x} * kBytesPerPixel;
      const std::ptrdiff_t next = std::ptrdiff_t{std::min(x + 1, last_x)} * kBytesPerPixel;
      const std::uint8_t* four[] = {upper + here, upper + next, lower + here, lower + next};
      luma_upper[x] = luma_of(four[0]);
      luma_upper[x + 1] = luma_of(four[1]);
      luma_lower[x] = luma_of(four[2]);
      luma_lower[x + 1] = luma_of(four[3]);
      int sum[3];
      for (int c = 0; c < 3; ++c) sum[c] = four[0][c] + four[1][c] + four[2][c] + four[3][c];
      blue[x / 2] = blue_difference(sum[0], sum[1], sum[2]);
      red[x / 2] = red_difference(sum[0], sum[1], sum[2]);
    }
  }
}

}  // namespace frostgate::codec::ffmpeg
