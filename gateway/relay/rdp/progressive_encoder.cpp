#include "gateway/relay/rdp/progressive_encoder.h"

namespace frostgate::relay::rdp {

std::unique_ptr<ProgressiveEncoder> ProgressiveEncoder::open(Size size) {
  auto encoder = std::make_unique<ProgressiveEncoder>();
  encoder->context_.reset(progressive_context_new(TRUE));
  if (!encoder->context_) return nullptr;
  encoder->picture_ = Frame(size);
  return encoder;
}

std::span<const std::uint8_t> ProgressiveEncoder::encode(FrontScreen& screen, const std::vector<Rect>& areas) {
  REGION16 region;
  region16_init(&region);
  for (const Rect& area : areas) {
    picture_.copy_from(screen.pixels(area), area, {area.x, area.y});
    const RECTANGLE_16 rect{static_cast<UINT16>(area.x), static_cast<UINT16>(area.y), static_cast<UINT16>(area.right()), static_cast<UINT16>(area.bottom())};
    region16_union_rect(&region, &region, &rect);
  }
  const std::span<const std::uint8_t> coded = compress_progressive(context_.get(), picture_.view(), region);
  region16_uninit(&region);
  return coded;
}

}  // namespace frostgate::relay::rdp
