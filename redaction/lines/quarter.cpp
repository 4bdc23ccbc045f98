#include "redaction/lines/quarter.h"

#include <algorithm>
#include <cstdint>

#include "redaction/lines/byte_loops.h"

namespace frostgate::redaction {
namespace {

constexpr std::size_t kChannels = kBytesPerPixel;

Size quarter_size(Size size) { return {(size.width + kQuarter - 1) / kQuarter, (size.height + kQuarter - 1) / kQuarter}; }

// Pixels `cells` of `quarter`, those of `picture`.
void fill(FrameView picture, const Rect& cells, Frame& quarter) {
  const Rect all = Rect{cells.x * kQuarter, cells.y * kQuarter, cells.width * kQuarter, cells.height * kQuarter}.intersected(Rect::of(picture.size));
  std::vector<std::uint16_t> sums(static_cast<std::size_t>(all.width) * kChannels);
  for (int row = cells.y; row < cells.bottom(); ++row) {
    const int top = row * kQuarter, bottom = std::min(top + kQuarter, picture.size.height);
    std::fill(sums.begin(), sums.end(), std::uint16_t{0});
    for (int y = top; y < bottom; ++y) add_up(picture.at(all.x, y), sums.data(), sums.size());
    std::uint8_t* out = quarter.row(row) + std::ptrdiff_t{cells.x} * kBytesPerPixel;
    const std::uint16_t* in = sums.data();
    const int whole = bottom - top == kQuarter ? all.width / kQuarter : 0;
    for (int column = 0; column < whole; ++column, out += kChannels, in += kQuarter * kChannels) {
      for (std::size_t c = 0; c < kChannels; ++c) out[c] = static_cast<std::uint8_t>((in[c] + in[kChannels + c] + in[2 * kChannels + c] + in[3 * kChannels + c] + 8) / 16);
    }
    for (int column = whole; column < cells.width; ++column, out += kChannels, in += kQuarter * kChannels) {
      const int width = std::min(kQuarter, all.width - column * kQuarter), count = (bottom - top) * width;
      for (std::size_t c = 0; c < kChannels; ++c) {
        int sum = count / 2;
        for (int x = 0; x < width; ++x) sum += in[static_cast<std::size_t>(x) * kChannels + c];
        out[c] = static_cast<std::uint8_t>(sum / count);
      }
    }
  }
}

}  // namespace

Frame quarter_of(FrameView picture) {
  Frame quarter(quarter_size(picture.size));
  fill(picture, Rect::of(quarter.size()), quarter);
  return quarter;
}

void QuarterScreen::update(FrameView screen, const std::vector<Rect>& damage) {
  if (screen.size != size_) {
    size_ = screen.size;
    quarter_ = quarter_of(screen);
    return;
  }
  for (const Rect& rect : damage) {
    const Rect changed = rect.intersected(Rect::of(size_));
    if (changed.empty()) continue;
    fill(screen, Rect::between(changed.x / kQuarter, changed.y / kQuarter, (changed.right() + kQuarter - 1) / kQuarter, (changed.bottom() + kQuarter - 1) / kQuarter), quarter_);
  }
}

}  // namespace frostgate::redaction
