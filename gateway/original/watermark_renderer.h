// Shows what custodians have opened as it was, with who opened it, when and why on every picture.
#pragma once

#include <memory>
#include <string>

#include "codec/base/cleared_frame.h"
#include "codec/base/custodians_consent.h"
#include "codec/base/frame.h"
#include "codec/base/geometry.h"
#include "codec/base/time.h"
#include "codec/clip_writer.h"

namespace frostgate::original {

// Under the picture stands the notice in full; all over the picture the mark, through which everything can be read. One thread at a time.
class WatermarkRenderer {
 public:
  // `consent` outlives it. `area`: what is shown of the screen; empty: all.
  WatermarkRenderer(const CustodiansConsent& consent, std::string mark, std::string notice, Rect area)
      : consent_(&consent), mark_(std::move(mark)), notice_(std::move(notice)), area_(area) {}

  // As redaction::Renderer's.
  ClearedFrame render(SessionTime at, FrameView frame, const Region& damage);

 private:
  void begin(Size screen);
  void show(FrameView frame, const Rect& rect);

  const CustodiansConsent* consent_;
  std::string mark_, notice_;
  Rect area_;
  Rect seen_;                     // of the screen as large as it is now
  Size screen_;
  std::shared_ptr<Frame> shown_;  // the frame before
  codec::ClipStamp marks_;        // as large as the area
};

}  // namespace frostgate::original
