#include "gateway/relay/rdp/avc_picture.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "gateway/relay/rdp/little_endian.h"

namespace frostgate::relay::rdp {
namespace {

constexpr std::size_t kCount = 4, kRect = 8, kQuality = 2;
constexpr std::int64_t kMostTimes = 4;  // that a place may be painted in one picture

Error no_picture() { return {ErrorKind::corrupt, "an AVC picture that cannot be"}; }

std::uint32_t clamped(int value) { return static_cast<std::uint32_t>(std::clamp(value, 0, 255)); }

// BT.709, full range, in 1/256: the inverse of what servers do (MS-RDPEGFX 3.3.8.3.1).
void convert_row(const std::uint8_t* luma, const std::uint8_t* blue, const std::uint8_t* red, int x, int end, std::uint32_t* to) {
  for (; x < end; ++x) {
    const int y = luma[x] * 256, u = blue[x / 2] - 128, v = red[x / 2] - 128;
    to[x] = 0xFF000000u | clamped((y + 403 * v) >> 8) << 16 | clamped((y - 48 * u - 120 * v) >> 8) << 8 | clamped((y + 475 * u) >> 8);
  }
}

}  // namespace

Result<std::unique_ptr<AvcPicture>> AvcPicture::open(Size size) {
  return std::unique_ptr<AvcPicture>(new AvcPicture(TRY(codec::H264Decoder::open(size))));
}

Result<void> AvcPicture::paint(std::span<const std::byte> bytes, Frame& to, Region& painted) {
  if (bytes.size() < kCount) return no_picture();
  const std::size_t count = number(bytes, 0, kCount);
  if ((bytes.size() - kCount) / (kRect + kQuality) < count) return no_picture();
  std::vector<Rect> shown;
  shown.reserve(count);
  std::int64_t area = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto side = [&](std::size_t which) { return static_cast<int>(number(bytes, kCount + i * kRect + 2 * which, 2)); };
    const Rect rect = Rect::between(side(0), side(1), side(2), side(3)).intersected(Rect::of(to.size()));
    if (!rect.empty()) shown.push_back(rect);
    area += rect.area();
  }
  if (area > kMostTimes * to.size().area()) return no_picture();
  const auto picture = TRY(decoder_->decode(bytes.subspan(kCount + count * (kRect + kQuality))));
  if (!picture) return {};  // comes with the next
  for (const Rect& rect : shown) {
    if (!Rect::of(picture->size).contains(rect)) return no_picture();
    for (int y = rect.y; y < rect.bottom(); ++y) {
      const auto row = [&](std::size_t plane) { return picture->data[plane] + std::ptrdiff_t{plane == 0 ? y : y / 2} * picture->stride[plane]; };
      convert_row(row(0), row(1), row(2), rect.x, rect.right(), reinterpret_cast<std::uint32_t*>(to.row(y)));
    }
    painted.add(rect);
  }
  return {};
}

}  // namespace frostgate::relay::rdp
