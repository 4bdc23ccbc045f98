#include "codec/tiles/tile_encoder.h"

#include "codec/tiles/tile_layout.h"

namespace frostgate::codec {

std::optional<std::vector<std::byte>> TileEncoder::encode(FrameView frame, const Region& damage) {
  former_.add(last_.view(), damage);
  const bool resized = last_.size() != frame.size;
  if (!encoder_.look(frame, former_)) return std::nullopt;
  if (resized) last_ = Frame(frame.size);
  for (const std::uint32_t number : encoder_.changed()) last_.copy_from(frame, tile_rect(frame.size, static_cast<int>(number)));
  return encoder_.pack();
}

void TileEncoder::restart() {
  last_ = Frame();
  former_.restart({});
}

}  // namespace frostgate::codec
