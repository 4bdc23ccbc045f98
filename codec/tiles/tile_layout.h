// The numbers of FORMAT.md that the encoder and the decoder share.
#pragma once

#include <cstddef>
#include <cstdint>

#include "codec/base/frame.h"
#include "codec/base/geometry.h"
#include "codec/tiles/colour_rows.h"
#include "codec/tiles/tile_copies.h"

namespace frostgate::codec {

// `delta` is of earlier versions: read, and written no more.
enum class StateKind : std::uint8_t { key = 1, delta = 2, change = 3 };
enum class TileCoding : std::uint8_t { solid = 0, palette = 1, differences = 2, plain = 3 };

inline constexpr std::size_t kStateHeaderBytes = 9;  // kind, width, height, size of the payload before compression
inline constexpr std::size_t kTileNumberBytes = 2;
inline constexpr std::size_t kTileCodingBytes = 1;
inline constexpr std::size_t kColourBytes = 3;
inline constexpr std::size_t kMaxPalette = 256;
inline constexpr std::size_t kMaxTileBytes = kTileNumberBytes + kTileCodingBytes + std::size_t{kTileSide} * kTileSide * kColourBytes;

inline int tile_columns(Size size) { return (size.width + kTileSide - 1) / kTileSide; }
inline int tile_rows(Size size) { return (size.height + kTileSide - 1) / kTileSide; }
// An acceptable size has less than 2^16 tiles.
inline int tile_count(Size size) { return tile_columns(size) * tile_rows(size); }

// Adds the colours of a piece of a frame, row by row; what a change is compressed against is made of the tiles before it in this form.
inline std::byte* put_plain(FrameView frame, const Rect& rect, std::byte* out) {
  for (int y = rect.y; y < rect.bottom(); ++y, out += static_cast<std::size_t>(rect.width) * kColourBytes) pack_colours(frame.at(rect.x, y), rect.width, out);
  return out;
}

// Tiles at the right and lower edge are cut to the screen.
inline Rect tile_rect(Size size, int number) {
  const int columns = tile_columns(size);
  return Rect{number % columns * kTileSide, number / columns * kTileSide, kTileSide, kTileSide}.intersected(Rect::of(size));
}

}  // namespace frostgate::codec
