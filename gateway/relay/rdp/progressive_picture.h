// Pictures of the codec RemoteFX Progressive (MS-RDPEGFX 2.2.4.2), as far as each tile is complete in itself: what servers send that make no use of the progress. With loss. Pure.
#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include "codec/base/frame.h"
#include "codec/base/result.h"
#include "gateway/relay/rdp/remote_fx_tile.h"

namespace frostgate::relay::rdp {

class ProgressivePicture {
 public:
  // Paints what `bytes` code onto `to`, and adds it to `painted`. Errors: corrupt; unsupported (tiles that later ones refine). Some of it may have been painted then.
  Result<void> paint(std::span<const std::byte> bytes, Frame& to, Region& painted);

 private:
  Result<void> paint_region(std::span<const std::byte> block, Frame& to, Region& painted);

  RemoteFxTile tile_;
};

}  // namespace frostgate::relay::rdp
