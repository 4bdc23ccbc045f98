#include "codec/tiles/tile_decoder.h"

#include <zstd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "codec/tiles/tile_layout.h"

namespace frostgate::codec {
namespace {

struct CodedTile {
  int number = 0;
  TileCoding coding = TileCoding::solid;
  std::span<const std::byte> colours;
  std::span<const std::byte> pixels;
};

std::uint32_t number_at(std::span<const std::byte> bytes, std::size_t at, std::size_t width) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < width; ++i) value |= std::to_integer<std::uint32_t>(bytes[at + i]) << (8 * i);
  return value;
}

Error corrupt(const char* what) { return {ErrorKind::corrupt, std::string("the journal holds a screen state ") + what}; }

// Takes one tile off the front of `rest`; nullopt when it is not one.
std::optional<CodedTile> take_tile(std::span<const std::byte>& rest, Size size) {
  if (rest.size() < kTileHeaderBytes) return std::nullopt;
  CodedTile tile;
  tile.number = static_cast<int>(number_at(rest, 0, 2));
  tile.coding = static_cast<TileCoding>(rest[2]);
  rest = rest.subspan(kTileHeaderBytes);
  if (tile.number >= tile_count(size)) return std::nullopt;

  const std::size_t pixels = static_cast<std::size_t>(tile_rect(size, tile.number).area());
  std::size_t colours = 0, pixel_bytes = 0;
  switch (tile.coding) {
    case TileCoding::solid: colours = 1; break;
    case TileCoding::palette:
      if (rest.empty()) return std::nullopt;
      colours = std::to_integer<std::size_t>(rest[0]) + 1;
      pixel_bytes = pixels;
      rest = rest.subspan(1);
      break;
    case TileCoding::differences: pixel_bytes = pixels * kColourBytes; break;
    default: return std::nullopt;
  }
  if (rest.size() < colours * kColourBytes + pixel_bytes) return std::nullopt;
  tile.colours = rest.first(colours * kColourBytes);
  tile.pixels = rest.subspan(tile.colours.size(), pixel_bytes);
  rest = rest.subspan(tile.colours.size() + pixel_bytes);
  if (tile.coding == TileCoding::palette) {
    const std::byte highest = *std::max_element(tile.pixels.begin(), tile.pixels.end());
    if (std::to_integer<std::size_t>(highest) >= colours) return std::nullopt;
  }
  return tile;
}

std::optional<std::vector<CodedTile>> parse_tiles(std::span<const std::byte> raw, Size size) {
  std::vector<CodedTile> tiles;
  while (!raw.empty()) {
    const std::optional<CodedTile> tile = take_tile(raw, size);
    if (!tile || (!tiles.empty() && tile->number <= tiles.back().number)) return std::nullopt;
    tiles.push_back(*tile);
  }
  return tiles;
}

void put_pixel(std::uint8_t* to, const std::byte* colour) {
  std::memcpy(to, colour, kColourBytes);
  to[kColourBytes] = 0;
}

void paint(Frame& frame, const CodedTile& tile) {
  const Rect rect = tile_rect(frame.size(), tile.number);
  const std::byte* in = tile.pixels.data();
  for (int y = rect.y; y < rect.bottom(); ++y) {
    std::uint8_t* out = frame.row(y) + std::ptrdiff_t{rect.x} * kBytesPerPixel;
    std::array<std::uint8_t, kColourBytes> left{};
    for (int x = 0; x < rect.width; ++x, out += kBytesPerPixel) {
      if (tile.coding == TileCoding::differences) {
        for (std::size_t c = 0; c < kColourBytes; ++c) {
          left[c] = static_cast<std::uint8_t>(left[c] + std::to_integer<std::uint8_t>(*in++));
          out[c] = left[c];
        }
        out[kColourBytes] = 0;
      } else {
        const std::size_t index = tile.coding == TileCoding::palette ? std::to_integer<std::size_t>(*in++) : 0;
        put_pixel(out, tile.colours.data() + index * kColourBytes);
      }
    }
  }
}

// Neighbours are joined first, in rows and then in columns, because a Region holds only so many rectangles exactly.
Region damage_of(const std::vector<CodedTile>& tiles, Size size) {
  std::vector<Rect> runs;
  for (const CodedTile& tile : tiles) {
    const Rect rect = tile_rect(size, tile.number);
    if (!runs.empty() && runs.back().y == rect.y && runs.back().right() == rect.x) {
      runs.back().width += rect.width;
    } else {
      runs.push_back(rect);
    }
  }
  std::vector<Rect> blocks;
  for (const Rect& run : runs) {
    const auto above = std::find_if(blocks.rbegin(), blocks.rend(), [&](const Rect& block) {
      return block.bottom() == run.y && block.x == run.x && block.width == run.width;
    });
    if (above != blocks.rend()) {
      above->height += run.height;
    } else {
      blocks.push_back(run);
    }
  }
  Region damage;
  for (const Rect& block : blocks) damage.add(block);
  return damage;
}

}  // namespace

void TileDecoder::FreeContext::operator()(ZSTD_DCtx_s* context) const { ZSTD_freeDCtx(context); }

TileDecoder::TileDecoder() : context_(ZSTD_createDCtx()) {
  if (!context_) std::abort();
}

Result<DecodedState> TileDecoder::apply(std::span<const std::byte> state) {
  if (state.size() < kStateHeaderBytes) return corrupt("that is cut short");
  const auto kind = static_cast<StateKind>(state[0]);
  if (kind != StateKind::key && kind != StateKind::delta) return corrupt("of an unknown kind");
  const Size size{static_cast<int>(number_at(state, 1, 2)), static_cast<int>(number_at(state, 3, 2))};
  if (!size.acceptable()) return corrupt("of an impossible size");
  if (kind == StateKind::delta && size != frame_.size()) return corrupt("that does not follow on the one before");

  // What is claimed is believed only as far as this size of screen can need it; zstd writes no byte more than is claimed.
  const std::size_t raw_bytes = number_at(state, 5, 4);
  if (raw_bytes > static_cast<std::size_t>(tile_count(size)) * kMaxTileBytes) return corrupt("that claims too many bytes");
  raw_.resize(std::max(raw_.size(), raw_bytes));
  const auto packed = state.subspan(kStateHeaderBytes);
  const std::size_t got = ZSTD_decompressDCtx(context_.get(), raw_.data(), raw_bytes, packed.data(), packed.size());
  if (ZSTD_isError(got) || got != raw_bytes) return corrupt("whose compression is damaged");

  const auto tiles = parse_tiles(std::span(raw_).first(raw_bytes), size);
  if (!tiles || tiles->empty()) return corrupt("whose tiles are damaged");
  const bool key = kind == StateKind::key;
  if (key && tiles->size() != static_cast<std::size_t>(tile_count(size))) return corrupt("that starts a screen but leaves tiles out");

  DecodedState result;
  result.resized = size != frame_.size();
  if (result.resized) frame_ = Frame(size);
  for (const CodedTile& tile : *tiles) paint(frame_, tile);
  result.damage = key ? Region(Rect::of(size)) : damage_of(*tiles, size);
  return result;
}

}  // namespace frostgate::codec
