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

std::optional<int> take_number(std::span<const std::byte>& rest) {
  if (rest.size() < kTileNumberBytes) return std::nullopt;
  const auto number = static_cast<int>(number_at(rest, 0, kTileNumberBytes));
  rest = rest.subspan(kTileNumberBytes);
  return number;
}

// Takes one tile off the front of `rest`; nullopt when it is not one.
std::optional<CodedTile> take_tile(std::span<const std::byte>& rest, int number, Size size) {
  if (rest.size() < kTileCodingBytes || number >= tile_count(size)) return std::nullopt;
  CodedTile tile;
  tile.number = number;
  tile.coding = static_cast<TileCoding>(rest[0]);
  rest = rest.subspan(kTileCodingBytes);

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
    case TileCoding::plain:
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

// The numbers of a change stand before its tiles, those of other states among them: `numbers` is empty then.
std::optional<std::vector<CodedTile>> parse_tiles(std::span<const std::byte> raw, const std::vector<int>& numbers, Size size) {
  std::vector<CodedTile> tiles;
  while (!raw.empty()) {
    if (!numbers.empty() && tiles.size() == numbers.size()) return std::nullopt;
    const std::optional<int> number = numbers.empty() ? take_number(raw) : numbers[tiles.size()];
    const std::optional<CodedTile> tile = number ? take_tile(raw, *number, size) : std::nullopt;
    if (!tile || (!tiles.empty() && tile->number <= tiles.back().number)) return std::nullopt;
    tiles.push_back(*tile);
  }
  if (tiles.empty() || tiles.size() < numbers.size()) return std::nullopt;
  return tiles;
}

// The list of a change's tiles off the front of `rest`; nullopt when it is none.
std::optional<std::vector<int>> take_numbers(std::span<const std::byte>& rest, Size size) {
  const std::optional<int> count = take_number(rest);
  if (!count || *count == 0 || *count > tile_count(size)) return std::nullopt;
  std::vector<int> numbers;
  for (int i = 0; i < *count; ++i) {
    const std::optional<int> number = take_number(rest);
    if (!number || *number >= tile_count(size) || (!numbers.empty() && *number <= numbers.back())) return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

using PixelTable = std::array<std::uint32_t, kMaxPalette>;  // pixels

PixelTable table_of(const CodedTile& tile) {
  PixelTable palette{};
  unpack_colours(tile.colours.data(), static_cast<int>(tile.colours.size() / kColourBytes), reinterpret_cast<std::uint8_t*>(palette.data()));
  return palette;
}

void paint_row(const CodedTile& tile, const PixelTable& palette, const std::byte* in, int width, std::uint8_t* out) {
  switch (tile.coding) {
    case TileCoding::plain: return unpack_colours(in, width, out);
    case TileCoding::differences: return add_up_colours(in, width, out);
    case TileCoding::palette:
      for (int x = 0; x < width; ++x) std::memcpy(out + std::ptrdiff_t{x} * kBytesPerPixel, &palette[std::to_integer<std::size_t>(in[x])], kBytesPerPixel);
      return;
    case TileCoding::solid:
      for (int x = 0; x < width; ++x) std::memcpy(out + std::ptrdiff_t{x} * kBytesPerPixel, &palette[0], kBytesPerPixel);
  }
}

void paint(Frame& frame, const CodedTile& tile) {
  const Rect rect = tile_rect(frame.size(), tile.number);
  const bool few = tile.coding == TileCoding::palette || tile.coding == TileCoding::solid;
  const PixelTable palette = few ? table_of(tile) : PixelTable{};
  const std::byte* in = tile.pixels.data();
  for (int y = rect.y; y < rect.bottom(); ++y, in += tile.pixels.size() / static_cast<std::size_t>(rect.height))
    paint_row(tile, palette, in, rect.width, frame.row(y) + std::ptrdiff_t{rect.x} * kBytesPerPixel);
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

// Into raw_; zstd writes no byte more than is claimed.
bool TileDecoder::decompress(std::span<const std::byte> packed, const std::vector<int>& against, std::size_t claimed) {
  raw_.resize(std::max(raw_.size(), claimed));
  former_.resize(against.size() * kMaxTileBytes);
  std::byte* end = former_.data();
  for (const int number : against) end = put_plain(frame_.view(), tile_rect(frame_.size(), number), end);
  ZSTD_DCtx_reset(context_.get(), ZSTD_reset_session_and_parameters);
  if (ZSTD_isError(ZSTD_DCtx_refPrefix(context_.get(), former_.data(), static_cast<std::size_t>(end - former_.data())))) return false;
  const std::size_t got = ZSTD_decompressDCtx(context_.get(), raw_.data(), claimed, packed.data(), packed.size());
  return !ZSTD_isError(got) && got == claimed;
}

Result<DecodedState> TileDecoder::apply(std::span<const std::byte> state) {
  if (state.size() < kStateHeaderBytes) return corrupt("that is cut short");
  const auto kind = static_cast<StateKind>(state[0]);
  if (kind != StateKind::key && kind != StateKind::delta && kind != StateKind::change) return corrupt("of an unknown kind");
  const Size size{static_cast<int>(number_at(state, 1, 2)), static_cast<int>(number_at(state, 3, 2))};
  if (!size.acceptable()) return corrupt("of an impossible size");
  if (kind != StateKind::key && size != frame_.size()) return corrupt("that does not follow on the one before");

  auto packed = state.subspan(kStateHeaderBytes);
  std::vector<int> numbers;
  if (kind == StateKind::change) {
    auto taken = take_numbers(packed, size);
    if (!taken) return corrupt("whose list of tiles is damaged");
    numbers = std::move(*taken);
  }
  // What is claimed is believed only as far as this size of screen can need it.
  const std::size_t raw_bytes = number_at(state, 5, 4);
  if (raw_bytes > (numbers.empty() ? static_cast<std::size_t>(tile_count(size)) : numbers.size()) * kMaxTileBytes) return corrupt("that claims too many bytes");
  if (!decompress(packed, numbers, raw_bytes)) return corrupt("whose compression is damaged");

  const auto tiles = parse_tiles(std::span(raw_).first(raw_bytes), numbers, size);
  if (!tiles) return corrupt("whose tiles are damaged");
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
