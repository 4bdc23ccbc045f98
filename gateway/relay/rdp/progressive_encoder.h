// Parts of a screen by RemoteFX Progressive (MS-RDPEGFX 2.2.4.2) in one pass, by libfreerdp: a photo has a twentieth of the bytes that it has as planar bitmaps,
// dense type a third, at two to six times the CPU. With loss. One thread; libfreerdp codes tiles on threads of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "codec/base/frame.h"
#include "gateway/relay/rdp/freerdp_compat.h"
#include "gateway/relay/rdp/front_screen.h"

namespace frostgate::relay::rdp {

class ProgressiveEncoder {
 public:
  // For a surface of this size. Null: there is no room for it.
  static std::unique_ptr<ProgressiveEncoder> open(Size size);

  // `areas` of the screen, which are whole tiles of it. The result is valid until the next call; empty: it failed.
  std::span<const std::uint8_t> encode(FrontScreen& screen, const std::vector<Rect>& areas);

 private:
  struct Free {
    void operator()(PROGRESSIVE_CONTEXT* context) const { progressive_context_free(context); }
  };

  std::unique_ptr<PROGRESSIVE_CONTEXT, Free> context_;
  Frame picture_;  // libfreerdp takes tiles from where they are on a screen
};

}  // namespace frostgate::relay::rdp
