#include "gateway/relay/rdp/front_pointer.h"

#include <algorithm>
#include <vector>

namespace frostgate::relay::rdp {
namespace {

constexpr UINT32 kFlag96 = 1, kFlag384 = 2;  // TS_LARGE_POINTER_CAPABILITYSET, MS-RDPBCGR 2.2.7.2.7
constexpr UINT16 kCacheIndex = 0;            // the shape is always sent anew

int largest_side(rdpContext* context) {
  const UINT32 flags = freerdp_settings_get_uint32(context->settings, FreeRDP_LargePointerFlag);
  if (flags & kFlag384) return 384;
  return flags & kFlag96 ? 96 : 32;
}

// Both masks from the bottom up; rows of the AND mask are padded to two bytes.
struct Masks {
  std::vector<BYTE> colours;      // BGRA, straight alpha
  std::vector<BYTE> transparent;  // one bit a pixel
};

Masks masks_of(const CursorShape& shape) {
  const auto width = static_cast<std::size_t>(shape.size.width), height = static_cast<std::size_t>(shape.size.height);
  const std::size_t mask_stride = (width + 15) / 16 * 2;
  Masks masks{std::vector<BYTE>(width * height * 4), std::vector<BYTE>(mask_stride * height)};
  for (std::size_t y = 0; y < height; ++y) {
    const std::uint8_t* from = shape.pixels.data() + (height - 1 - y) * width * 4;
    BYTE* to = masks.colours.data() + y * width * 4;
    for (std::size_t x = 0; x < width; ++x, from += 4, to += 4) {
      const unsigned alpha = from[3];
      for (int c = 0; c < 3; ++c) to[c] = alpha == 0 ? 0 : static_cast<BYTE>(std::min(255u, from[c] * 255 / alpha));
      to[3] = static_cast<BYTE>(alpha);
      if (alpha == 0) masks.transparent[y * mask_stride + x / 8] |= static_cast<BYTE>(0x80 >> x % 8);
    }
  }
  return masks;
}

bool send_system(rdpContext* context, UINT32 type) {
  const POINTER_SYSTEM_UPDATE update{type};
  return context->update->pointer->PointerSystem(context, &update);
}

bool send_large(rdpContext* context, const CursorShape& shape, Masks& masks) {
  POINTER_LARGE_UPDATE update{};
  update.xorBpp = 32;
  update.cacheIndex = kCacheIndex;
  update.hotSpotX = static_cast<UINT16>(shape.hotspot.x);
  update.hotSpotY = static_cast<UINT16>(shape.hotspot.y);
  update.width = static_cast<UINT16>(shape.size.width);
  update.height = static_cast<UINT16>(shape.size.height);
  update.lengthXorMask = static_cast<UINT32>(masks.colours.size());
  update.xorMaskData = masks.colours.data();
  update.lengthAndMask = static_cast<UINT32>(masks.transparent.size());
  update.andMaskData = masks.transparent.data();
  return context->update->pointer->PointerLarge(context, &update);
}

}  // namespace

bool send_pointer(rdpContext* context, const CursorShape& shape) {
  if (shape.size.empty()) return send_system(context, SYSPTR_NULL);
  const int side = std::max(shape.size.width, shape.size.height);
  const bool hotspot_inside = shape.hotspot.x >= 0 && shape.hotspot.y >= 0 && shape.hotspot.x < shape.size.width &&
                              shape.hotspot.y < shape.size.height;
  if (side > largest_side(context) || !hotspot_inside) return send_system(context, SYSPTR_DEFAULT);
  Masks masks = masks_of(shape);
  if (side > 96) return send_large(context, shape, masks);
  POINTER_NEW_UPDATE update{};
  update.xorBpp = 32;
  POINTER_COLOR_UPDATE& colour = update.colorPtrAttr;
  colour.cacheIndex = kCacheIndex;
  colour.xPos = static_cast<UINT32>(shape.hotspot.x);
  colour.yPos = static_cast<UINT32>(shape.hotspot.y);
  colour.width = static_cast<UINT32>(shape.size.width);
  colour.height = static_cast<UINT32>(shape.size.height);
  colour.lengthXorMask = static_cast<UINT32>(masks.colours.size());
  colour.xorMaskData = masks.colours.data();
  colour.lengthAndMask = static_cast<UINT32>(masks.transparent.size());
  colour.andMaskData = masks.transparent.data();
  return context->update->pointer->PointerNew(context, &update);
}

}  // namespace frostgate::relay::rdp
