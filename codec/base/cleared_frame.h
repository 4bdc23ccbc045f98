// The second proof: somebody decided what may be seen of these pixels. The encoder takes nothing else.
#pragma once

#include <memory>
#include <utility>

#include "codec/base/custodians_consent.h"
#include "codec/base/frame.h"
#include "codec/base/geometry.h"

namespace frostgate {

namespace redaction {
class Renderer;
}
namespace original {
class WatermarkRenderer;
}

// Only redaction::Renderer can make one, and so only it can make a ClearedFrame.
class ClearedFramePasskey {
  friend class redaction::Renderer;
  ClearedFramePasskey() {}
};

// The other maker: what custodians have opened is shown as it was, but never without its watermark.
class OpenedFramePasskey {
  friend class original::WatermarkRenderer;
  OpenedFramePasskey() {}
};

class ClearedFrame {
 public:
  // `changed` covers every pixel that differs from the cleared frame before it of the same size. The pixels are shared with
  // the renderer, which goes on with them when nobody else holds them any more.
  ClearedFrame(ClearedFramePasskey, std::shared_ptr<const Frame> frame, Region changed)
      : frame_(std::move(frame)), changed_(std::move(changed)) {}
  // The same, of an original that its custodians have opened.
  ClearedFrame(OpenedFramePasskey, const CustodiansConsent&, std::shared_ptr<const Frame> frame, Region changed)
      : frame_(std::move(frame)), changed_(std::move(changed)) {}

  FrameView view() const { return frame_->view(); }
  Size size() const { return frame_->size(); }
  const Region& changed() const { return changed_; }

 private:
  std::shared_ptr<const Frame> frame_;
  Region changed_;
};

}  // namespace frostgate
