// What a target has painted: libfreerdp's own screen, on its way to the Surface. What the Surface has by then is given back to the system now and then, and fetched
// again for the drawing orders that read what is on screen (MS-RDPEGDI 2.2.2.2.1.1.2.1, 2.3 and 2.7). On the connection's thread.
#pragma once

#include <optional>

#include "codec/base/frame.h"
#include "gateway/relay/rdp/freerdp_compat.h"
#include "gateway/relay/rdp/planar_decoder.h"
#include "gateway/relay/screen_copy.h"

namespace frostgate::relay::rdp {

class BackScreen {
 public:
  // For a BackContext whose `screen` this is. After gdi_init(). False: this libfreerdp draws no orders.
  bool begin(rdpContext* context);
  // It has another size, and is black; nothing of it was shown.
  void restart();
  Size size() const { return {context_->gdi->width, context_->gdi->height}; }

  // What libfreerdp has painted since the call before.
  void take_painted();
  void forget_painted();
  // A bitmap, straight onto the screen, where libfreerdp makes two pictures first. False: it has to.
  bool paint(const BITMAP_DATA& bitmap);
  // A picture of the graphics pipeline.
  void paint(FrameView picture, const Rect& to);
  // All of it counts as painted.
  void paint_all() { pending_ = Region(Rect::of(size())); }

  // Whether something was painted that the Surface does not have.
  bool pending() const { return !pending_.empty(); }
  void commit();

  // As of ScreenCopy; while nothing is pending.
  void rest(ScreenCopy::Clock::time_point now) { copy_.rest(now); }
  std::optional<ScreenCopy::Clock::time_point> next_rest() const { return copy_.next_rest(); }

 private:
  static BOOL fill(rdpContext* context, const DSTBLT_ORDER* order);
  static BOOL fill_with_pattern(rdpContext* context, PATBLT_ORDER* order);
  static BOOL move(rdpContext* context, const SCRBLT_ORDER* order);
  void before_reading(const Rect& rect);

  rdpContext* context_ = nullptr;
  PlanarDecoder planar_;
  Region pending_;
  ScreenCopy copy_;
  pDstBlt fill_ = nullptr;  // libfreerdp's own
  pPatBlt fill_with_pattern_ = nullptr;
  pScrBlt move_ = nullptr;
};

}  // namespace frostgate::relay::rdp
