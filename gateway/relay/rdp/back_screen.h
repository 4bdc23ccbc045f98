// What a target has painted, on its way to the Surface: pictures go there straight, what libfreerdp draws by way of its own screen. Of this it is fetched what the
// drawing orders read (MS-RDPEGDI 2.2.2.2.1.1.2.1, 2.3 and 2.7), and given back to the system now and then. On the connection's thread.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

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
  // A bitmap, of which libfreerdp makes two pictures first. False: it has to.
  bool paint(const BITMAP_DATA& bitmap);
  // A picture, of the graphics pipeline too; what of it lies on the screen.
  void paint(FrameView picture, const Rect& to);
  // The Surface is to have all of it, also where nothing was painted yet.
  void paint_all();

  // Whether something was painted that the Surface does not have, or not as a whole frame.
  bool pending() const { return in_frame_ || !pending_.empty(); }
  // Ends the frame.
  void commit();

  // As of ScreenCopy; while nothing is pending.
  void rest(ScreenCopy::Clock::time_point now) { copy_.rest(now); }
  std::optional<ScreenCopy::Clock::time_point> next_rest() const { return copy_.next_rest(); }

 private:
  static BOOL fill(rdpContext* context, const DSTBLT_ORDER* order);
  static BOOL fill_with_pattern(rdpContext* context, PATBLT_ORDER* order);
  static BOOL move(rdpContext* context, const SCRBLT_ORDER* order);
  void before_reading(const Rect& rect);
  void commit(bool part);

  rdpContext* context_ = nullptr;
  PlanarDecoder planar_;
  std::vector<std::uint8_t> picture_;  // a bitmap's
  Region pending_;          // of libfreerdp's screen, for the Surface
  bool begun_ = false;      // the Surface has or will have all of this screen, as far as it is painted
  bool in_frame_ = false;   // of which the Surface has a part
  ScreenCopy copy_;
  pDstBlt fill_ = nullptr;  // libfreerdp's own
  pPatBlt fill_with_pattern_ = nullptr;
  pScrBlt move_ = nullptr;
};

}  // namespace frostgate::relay::rdp
