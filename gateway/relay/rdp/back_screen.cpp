#include "gateway/relay/rdp/back_screen.h"

#include <cstring>
#include <utility>

#include "gateway/relay/rdp/back_context.h"

namespace frostgate::relay::rdp {

bool BackScreen::begin(rdpContext* context) {
  context_ = context;
  rdpPrimaryUpdate* primary = context->update->primary;
  fill_ = std::exchange(primary->DstBlt, fill);
  fill_with_pattern_ = std::exchange(primary->PatBlt, fill_with_pattern);
  move_ = std::exchange(primary->ScrBlt, move);
  restart();
  return fill_ && fill_with_pattern_ && move_;
}

void BackScreen::restart() {
  pending_.clear();
  copy_.restart(context_->gdi->primary_buffer, size(), static_cast<std::ptrdiff_t>(context_->gdi->stride));
}

void BackScreen::take_painted() {
  const HGDI_WND window = context_->gdi->primary->hdc->hwnd;
  for (INT32 i = 0; i < window->ninvalid; ++i) {
    const GDI_RGN& painted = window->cinvalid[i];
    pending_.add(Rect{painted.x, painted.y, painted.w, painted.h});
  }
  forget_painted();
}

void BackScreen::forget_painted() {
  const HGDI_WND window = context_->gdi->primary->hdc->hwnd;
  window->invalid->null = TRUE;
  window->ninvalid = 0;
}

bool BackScreen::paint(const BITMAP_DATA& bitmap) {
  const Rect visible = Rect::between(static_cast<int>(bitmap.destLeft), static_cast<int>(bitmap.destTop), static_cast<int>(bitmap.destRight) + 1, static_cast<int>(bitmap.destBottom) + 1);
  const Size picture{static_cast<int>(bitmap.width), static_cast<int>(bitmap.height)};
  if (bitmap.bitsPerPixel != 32 || !bitmap.compressed) return false;
  const rdpGdi* gdi = context_->gdi;
  if (!planar_.decode({bitmap.bitmapDataStream, bitmap.bitmapLength}, picture, visible, {gdi->primary_buffer, size(), static_cast<std::ptrdiff_t>(gdi->stride)})) return false;
  pending_.add(visible);
  return true;
}

void BackScreen::paint(FrameView picture, const Rect& to) {
  const rdpGdi* gdi = context_->gdi;
  const Rect visible = to.intersected(Rect::of(size()));
  for (int y = visible.y; y < visible.bottom(); ++y)
    std::memcpy(gdi->primary_buffer + static_cast<std::size_t>(y) * gdi->stride + static_cast<std::size_t>(visible.x) * kBytesPerPixel, picture.at(visible.x - to.x, y - to.y),
                static_cast<std::size_t>(visible.width) * kBytesPerPixel);
  if (!visible.empty()) pending_.add(visible);
}

void BackScreen::commit() {
  const rdpGdi* gdi = context_->gdi;
  copy_.painted();
  back_context(context_).surface->commit({gdi->primary_buffer, size(), static_cast<std::ptrdiff_t>(gdi->stride)}, std::exchange(pending_, Region()));
}

void BackScreen::before_reading(const Rect& rect) {
  if (copy_.holds(rect)) return;
  take_painted();
  if (pending()) commit();  // or it would be undone
  back_context(context_).surface->read_target([&](const Frame& frame) { copy_.fetch(rect, frame); });
}

BOOL BackScreen::fill(rdpContext* context, const DSTBLT_ORDER* order) {
  BackScreen& screen = *back_context(context).screen;
  screen.before_reading({order->nLeftRect, order->nTopRect, order->nWidth, order->nHeight});
  return screen.fill_(context, order);
}

BOOL BackScreen::fill_with_pattern(rdpContext* context, PATBLT_ORDER* order) {
  BackScreen& screen = *back_context(context).screen;
  screen.before_reading({order->nLeftRect, order->nTopRect, order->nWidth, order->nHeight});
  return screen.fill_with_pattern_(context, order);
}

// Also what it moves to: some raster operations join both.
BOOL BackScreen::move(rdpContext* context, const SCRBLT_ORDER* order) {
  BackScreen& screen = *back_context(context).screen;
  screen.before_reading({order->nXSrc, order->nYSrc, order->nWidth, order->nHeight});
  screen.before_reading({order->nLeftRect, order->nTopRect, order->nWidth, order->nHeight});
  return screen.move_(context, order);
}

}  // namespace frostgate::relay::rdp
