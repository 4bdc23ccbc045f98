#include "gateway/relay/rdp/back_screen.h"

#include <algorithm>
#include <utility>

#include "gateway/relay/rdp/back_context.h"

namespace frostgate::relay::rdp {
namespace {

// Room of a megabyte, which stays.
constexpr std::int64_t kLargestBitmap = 512 * 512;

}  // namespace

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
  begun_ = in_frame_ = false;
  copy_.restart(context_->gdi->primary_buffer, size(), static_cast<std::ptrdiff_t>(context_->gdi->stride));
}

void BackScreen::paint_all() {
  if (!std::exchange(begun_, true)) pending_ = Region(Rect::of(size()));
}

void BackScreen::take_painted() {
  const HGDI_WND window = context_->gdi->primary->hdc->hwnd;
  for (INT32 i = 0; i < window->ninvalid; ++i) {
    const GDI_RGN& painted = window->cinvalid[i];
    // One that merges rectangles takes in what lies between them, which may have been given back.
    if (pending_.full()) commit(true);
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
  if (bitmap.bitsPerPixel != 32 || !bitmap.compressed) return false;
  const Size coded{static_cast<int>(bitmap.width), static_cast<int>(bitmap.height)};
  const Rect place = Rect::between(static_cast<int>(bitmap.destLeft), static_cast<int>(bitmap.destTop), static_cast<int>(bitmap.destRight) + 1, static_cast<int>(bitmap.destBottom) + 1);
  const Size shown{std::min(coded.width, place.width), std::min(coded.height, place.height)};
  if (shown.empty() || shown.area() > kLargestBitmap) return false;
  const std::ptrdiff_t stride = std::ptrdiff_t{shown.width} * kBytesPerPixel;
  picture_.resize(std::max(picture_.size(), static_cast<std::size_t>(stride * shown.height)));
  if (!planar_.decode({bitmap.bitmapDataStream, bitmap.bitmapLength}, coded, Rect::of(shown), {picture_.data(), shown, stride})) return false;
  paint({picture_.data(), shown, stride}, {place.x, place.y, shown.width, shown.height});
  return true;
}

void BackScreen::paint(FrameView picture, const Rect& to) {
  const Rect visible = to.intersected(Rect::of(size()));
  if (visible.empty()) return;
  paint_all();
  take_painted();
  if (!pending_.empty()) commit(true);  // what lies below
  copy_.forget(visible);
  back_context(context_).surface->commit_part(picture.part({visible.x - to.x, visible.y - to.y, visible.width, visible.height}), {visible.x, visible.y});
  in_frame_ = true;
}

void BackScreen::commit() {
  if (pending()) commit(false);
}

void BackScreen::commit(bool part) {
  const rdpGdi* gdi = context_->gdi;
  copy_.painted();
  back_context(context_).surface->commit({gdi->primary_buffer, size(), static_cast<std::ptrdiff_t>(gdi->stride)}, std::exchange(pending_, Region()), part);
  in_frame_ = part;
}

void BackScreen::before_reading(const Rect& rect) {
  if (copy_.holds(rect)) return;
  take_painted();
  if (!pending_.empty()) commit(true);  // or it would be undone
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
