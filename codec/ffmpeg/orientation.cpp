#include "codec/ffmpeg/orientation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>

extern "C" {
#include <libavutil/display.h>
}

namespace frostgate::codec::ffmpeg {
namespace {

constexpr std::size_t kMatrixBytes = 9 * sizeof(std::int32_t);
constexpr double kNearly = 0.02;  // about a degree

Orientation orientation_by(const std::uint8_t* bytes) {
  std::array<std::int32_t, 9> matrix{};
  std::memcpy(matrix.data(), bytes, kMatrixBytes);
  const double values[] = {matrix[0] * 1.0, matrix[1] * 1.0, matrix[3] * 1.0, matrix[4] * 1.0};
  double largest = 0;
  for (const double value : values) largest = std::max(largest, std::abs(value));
  if (largest == 0) return {};
  int whole[4] = {};
  for (int i = 0; i < 4; ++i) {
    whole[i] = static_cast<int>(std::lround(values[i] / largest));
    if (std::abs(values[i] / largest - whole[i]) > kNearly) return {};
  }
  const Orientation found{whole[0], whole[1], whole[2], whole[3]};
  const bool quarter = std::abs(found.a * found.d - found.b * found.c) == 1 && std::abs(found.a) + std::abs(found.b) == 1;
  return quarter ? found : Orientation();
}

}  // namespace

Orientation orientation_of(const AVStream& stream, const AVFrame* picture) {
  if (const AVFrameSideData* own = picture ? av_frame_get_side_data(picture, AV_FRAME_DATA_DISPLAYMATRIX) : nullptr; own && own->size >= kMatrixBytes) {
    return orientation_by(own->data);
  }
  std::size_t size = 0;
  const std::uint8_t* matrix = av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
  return matrix && size >= kMatrixBytes ? orientation_by(matrix) : Orientation();
}

Frame turned(FrameView frame, const Orientation& to) {
  const auto [width, height] = frame.size;
  Frame out(to.sideways() ? Size{height, width} : frame.size);
  // Where the first pixel comes from, and how far the next one to the right and below are from there.
  const Point first{to.a + to.b < 0 ? width - 1 : 0, to.c + to.d < 0 ? height - 1 : 0};
  const std::ptrdiff_t right = to.a * kBytesPerPixel + to.c * frame.stride, down = to.b * kBytesPerPixel + to.d * frame.stride;
  for (int y = 0; y < out.size().height; ++y) {
    const std::uint8_t* from = frame.at(first.x, first.y) + y * down;
    std::uint8_t* pixel = out.row(y);
    for (int x = 0; x < out.size().width; ++x, from += x < out.size().width ? right : 0, pixel += kBytesPerPixel) std::memcpy(pixel, from, kBytesPerPixel);
  }
  return out;
}

}  // namespace frostgate::codec::ffmpeg
