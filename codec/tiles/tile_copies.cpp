#include "codec/tiles/tile_copies.h"

#include <algorithm>
#include <cstring>

#include "codec/tiles/tile_layout.h"

namespace frostgate::codec {
namespace {

constexpr std::size_t kTileBytes = std::size_t{kTileSide} * kTileSide * kBytesPerPixel;
// So large that what a block has goes back to the system with it.
constexpr std::size_t kTilesInBlock = 16;
constexpr std::size_t kKeptBlocks = 8;  // two megabytes

}  // namespace

void TileCopies::restart(Size size) {
  size_ = size;
  numbers_.clear();
  indices_.assign(size.empty() ? 0 : static_cast<std::size_t>(tile_count(size)), 0);
  if (blocks_.size() > kKeptBlocks) blocks_.resize(kKeptBlocks);
}

void TileCopies::give_back_room() { blocks_.resize((numbers_.size() + kTilesInBlock - 1) / kTilesInBlock); }

std::uint8_t* TileCopies::place(std::size_t index) const { return blocks_[index / kTilesInBlock].get() + index % kTilesInBlock * kTileBytes; }

void TileCopies::add(FrameView frame, const Region& area) {
  if (frame.size != size_) return;
  for (const Rect& rect : area.rects()) {
    const Rect inside = rect.intersected(Rect::of(size_));
    if (inside.empty()) continue;
    for (int row = inside.y / kTileSide; row <= (inside.bottom() - 1) / kTileSide; ++row) {
      for (int column = inside.x / kTileSide; column <= (inside.right() - 1) / kTileSide; ++column)
        add(frame, static_cast<std::uint32_t>(row * tile_columns(size_) + column));
    }
  }
}

void TileCopies::add(FrameView frame, std::uint32_t number) {
  if (frame.size != size_ || indices_[number] != 0) return;
  const std::size_t index = numbers_.size();
  if (index / kTilesInBlock == blocks_.size()) blocks_.push_back(std::make_unique_for_overwrite<std::uint8_t[]>(kTilesInBlock * kTileBytes));
  numbers_.push_back(number);
  indices_[number] = static_cast<std::uint32_t>(index + 1);
  const Rect tile = tile_rect(size_, static_cast<int>(number));
  const std::size_t row = static_cast<std::size_t>(tile.width) * kBytesPerPixel;
  std::uint8_t* out = place(index);
  for (int y = tile.y; y < tile.bottom(); ++y, out += row) std::memcpy(out, frame.at(tile.x, y), row);
}

FrameView TileCopies::tile(std::uint32_t number) const {
  const Rect tile = tile_rect(size_, static_cast<int>(number));
  return {place(indices_[number] - 1), {tile.width, tile.height}, std::ptrdiff_t{tile.width} * kBytesPerPixel};
}

}  // namespace frostgate::codec
