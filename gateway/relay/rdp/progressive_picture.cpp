#include "gateway/relay/rdp/progressive_picture.h"

#include <string>
#include <vector>

#include "gateway/relay/rdp/little_endian.h"
#include "gateway/relay/rdp/paste.h"

namespace frostgate::relay::rdp {
namespace {

// MS-RDPEGFX 2.2.4.2.1.
constexpr std::uint32_t kRegion = 0xCCC4, kTileSimple = 0xCCC5, kTileFirst = 0xCCC6, kTileUpgrade = 0xCCC7;
constexpr std::uint32_t kExtrapolated = 1, kDifference = 1;  // flags of a region, of a tile
constexpr int kSide = RemoteFxTile::kSide;
constexpr std::size_t kBlockHeader = 6, kRegionHeader = 12, kTileHeader = 16;
constexpr std::size_t kRect = 8, kQuantization = 5, kProgress = 16;
constexpr std::int64_t kMostTimes = 4;  // that a place may be painted in one picture

Error no_picture() { return {ErrorKind::corrupt, "a progressive picture that cannot be"}; }

Error too_progressive() { return {ErrorKind::unsupported, "a progressive picture whose tiles come in more than one pass, which the gateway does not read"}; }

struct Block {
  std::uint32_t kind;
  std::span<const std::byte> content;
};

// The next one, which is cut off from `rest`.
Result<Block> take_block(std::span<const std::byte>& rest) {
  if (rest.size() < kBlockHeader) return no_picture();
  const std::size_t length = number(rest, 2, 4);
  if (length < kBlockHeader || length > rest.size()) return no_picture();
  const Block block{number(rest, 0, 2), rest.subspan(kBlockHeader, length - kBlockHeader)};
  rest = rest.subspan(length);
  return block;
}

RemoteFxTile::Quantization quantization(std::span<const std::byte> bytes) {
  RemoteFxTile::Quantization out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(number(bytes, i / 2, 1) >> (i % 2 * 4) & 15);
  return out;
}

}  // namespace

Result<void> ProgressivePicture::paint(std::span<const std::byte> bytes, Frame& to, Region& painted) {
  while (!bytes.empty()) {
    const Block block = TRY(take_block(bytes));
    if (block.kind == kRegion) TRY(paint_region(block.content, to, painted));
    // Others say where frames begin and end, and of which version all is.
  }
  return {};
}

Result<void> ProgressivePicture::paint_region(std::span<const std::byte> block, Frame& to, Region& painted) {
  if (block.size() < kRegionHeader || number(block, 0, 1) != kSide) return no_picture();
  const std::size_t rects = number(block, 1, 2), quantizations = number(block, 3, 1), progresses = number(block, 4, 1), tiles = number(block, 6, 2);
  if ((number(block, 5, 1) & kExtrapolated) != 0) return too_progressive();
  auto rest = block.subspan(kRegionHeader);
  if (rest.size() < rects * kRect + quantizations * kQuantization + progresses * kProgress) return no_picture();
  std::vector<Rect> shown;
  std::int64_t area = 0;
  shown.reserve(rects);
  for (std::size_t i = 0; i < rects; ++i, rest = rest.subspan(kRect)) {
    const auto word = [&](std::size_t at) { return static_cast<int>(number(rest, at, 2)); };
    const Rect rect = Rect{word(0), word(2), word(4), word(6)}.intersected(Rect::of(to.size()));
    if (!rect.empty()) shown.push_back(rect);
    area += rect.area();
  }
  // Nobody paints the same again and again in one picture, but to keep others busy.
  const Size grid{(to.size().width + kSide - 1) / kSide, (to.size().height + kSide - 1) / kSide};
  if (area > kMostTimes * to.size().area() || static_cast<std::int64_t>(tiles) > kMostTimes * grid.area()) return no_picture();
  const auto quantized = rest.first(quantizations * kQuantization);
  rest = rest.subspan(quantizations * kQuantization + progresses * kProgress);
  for (std::size_t i = 0; i < tiles; ++i) {
    const Block block_of_tile = TRY(take_block(rest));
    if (block_of_tile.kind == kTileFirst || block_of_tile.kind == kTileUpgrade) return too_progressive();
    const auto tile = block_of_tile.content;
    if (block_of_tile.kind != kTileSimple || tile.size() < kTileHeader) return no_picture();
    if ((number(tile, 7, 1) & kDifference) != 0) return too_progressive();
    std::array<RemoteFxTile::Plane, 3> planes;
    auto coded = tile.subspan(kTileHeader);
    for (std::size_t plane = 0; plane < planes.size(); ++plane) {
      const std::size_t which = number(tile, plane, 1), length = number(tile, 8 + 2 * plane, 2);
      if (which >= quantizations || length > coded.size()) return no_picture();
      planes[plane] = {coded.first(length), quantization(quantized.subspan(which * kQuantization, kQuantization))};
      coded = coded.subspan(length);
    }
    const Rect place{static_cast<int>(number(tile, 3, 2)) * kSide, static_cast<int>(number(tile, 5, 2)) * kSide, kSide, kSide};
    if (!Rect::of(to.size()).intersects(place)) return no_picture();
    tile_.decode(planes);
    for (const Rect& rect : shown) {
      const Rect part = rect.intersected(place);
      if (!part.empty()) paste(tile_.view().part({part.x - place.x, part.y - place.y, part.width, part.height}), to, {part.x, part.y});
    }
  }
  for (const Rect& rect : shown) painted.add(rect);
  return {};
}

}  // namespace frostgate::relay::rdp
