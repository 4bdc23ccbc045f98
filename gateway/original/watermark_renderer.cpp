#include "gateway/original/watermark_renderer.h"

#include <algorithm>
#include <array>

#include "gateway/export/drawing.h"

namespace frostgate::original {
namespace {

constexpr int kLeastWidth = 480;                               // so that the notice is not a column of letters
constexpr std::array<int, 3> kMarkColour{40, 40, 200};         // BGR: a red that differs from white and from black
constexpr int kMarkStrength = 56;                              // of 255

// The notice, white on black, below `top`.
void draw_footer(Frame& frame, const codec::ClipStamp& notice, int top) {
  for (int y = 0; y < notice.size.height; ++y) {
    std::uint8_t* out = frame.row(top + y);
    const std::uint8_t* grey = notice.grey.data() + std::ptrdiff_t{y} * notice.size.width;
    for (int x = 0; x < notice.size.width; ++x) std::fill_n(out + std::ptrdiff_t{x} * kBytesPerPixel, 3, grey[x]);
  }
}

}  // namespace

void WatermarkRenderer::begin(Size screen) {
  screen_ = screen;
  const Rect wanted = area_.empty() ? Rect::of(screen) : area_;
  seen_ = wanted.intersected(Rect::of(screen));
  const int width = std::max(wanted.width, kLeastWidth);
  const codec::ClipStamp notice = exporting::draw_notice(notice_, width);
  marks_ = exporting::draw_watermark(mark_, {wanted.width, wanted.height});
  shown_ = std::make_shared<Frame>(Size{width, wanted.height + notice.size.height});
  draw_footer(*shown_, notice, wanted.height);
}

void WatermarkRenderer::show(FrameView frame, const Rect& rect) {
  const Point origin = area_.empty() ? Point{} : Point{area_.x, area_.y};
  for (int y = rect.y; y < rect.bottom(); ++y) {
    const std::uint8_t* in = frame.at(rect.x, y);
    std::uint8_t* out = shown_->row(y - origin.y) + std::ptrdiff_t{rect.x - origin.x} * kBytesPerPixel;
    const std::uint8_t* mark = marks_.grey.data() + std::ptrdiff_t{y - origin.y} * marks_.size.width + (rect.x - origin.x);
    for (int x = 0; x < rect.width; ++x, in += kBytesPerPixel, out += kBytesPerPixel, ++mark) {
      const int strength = *mark * kMarkStrength / 255;
      for (std::size_t colour = 0; colour < 3; ++colour) {
        out[colour] = static_cast<std::uint8_t>((in[colour] * (255 - strength) + kMarkColour[colour] * strength) / 255);
      }
    }
  }
}

ClearedFrame WatermarkRenderer::render(SessionTime, FrameView frame, const Region& damage) {
  Region changed;
  if (!shown_ || screen_ != frame.size) {
    begin(frame.size);
    if (!seen_.empty()) show(frame, seen_);
    changed = Region(Rect::of(shown_->size()));
  } else {
    if (shown_.use_count() > 1) shown_ = std::make_shared<Frame>(*shown_);
    for (const Rect& rect : damage.rects()) {
      const Rect visible = rect.intersected(seen_);
      if (visible.empty()) continue;
      show(frame, visible);
      changed.add({visible.x - (area_.empty() ? 0 : area_.x), visible.y - (area_.empty() ? 0 : area_.y), visible.width, visible.height});
    }
  }
  return ClearedFrame(OpenedFramePasskey{}, *consent_, shown_, std::move(changed));
}

}  // namespace frostgate::original
