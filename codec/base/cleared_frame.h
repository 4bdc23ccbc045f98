// The second proof: somebody decided what may be seen of these pixels. The encoder takes nothing else.
#pragma once

#include <memory>
#include <utility>

#include "codec/base/frame.h"
#include "codec/base/geometry.h"

namespace frostgate {

namespace redaction {
class Renderer;
}

// Only redaction::Renderer can make one, and so only it can make a ClearedFrame.
class ClearedFramePasskey {
  friend class redaction::Renderer;
  ClearedFramePasskey() {}
};

class ClearedFrame {
 public:
  // `changed` covers every pixel that differs from the cleared frame before it of the same size. The pixels are shared with
  // the renderer, which goes on with them when nobody else holds them any more.
  ClearedFrame(ClearedFramePasskey, std::shared_ptr<const Frame> frame, Region changed)
      : frame_(std::move(frame)), changed_(std::move(changed)) {}

  FrameView view() const { return frame_->view(); }
  Size size() const { return frame_->size(); }
  const Region& changed() const { return changed_; }

 private:
  std::shared_ptr<const Frame> frame_;
  Region changed_;
};

}  // namespace frostgate
