// Screen states as bytes, of frames that come one after the other from somebody who does not know what they were before.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "codec/base/frame.h"
#include "codec/base/geometry.h"
#include "codec/tiles/change_encoder.h"

namespace frostgate::codec {

// Keeps a copy of the last state. Not thread-safe; any one thread at a time.
class TileEncoder {
 public:
  // The state that leads from the last one to this (change_encoder.h); nullopt when no colour changed. `damage` must cover every pixel that may have
  // changed since the last call; it is ignored for the first frame, after restart() and when the size is another one. `frame` must have an acceptable size.
  std::optional<std::vector<std::byte>> encode(FrameView frame, const Region& damage);

  // The next state is a key state: one that needs none before it.
  void restart();

 private:
  Frame last_;
  TileCopies former_;
  ChangeEncoder encoder_;
};

}  // namespace frostgate::codec
