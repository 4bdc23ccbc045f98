#include "codec/tiles/tile_encoder.h"

#include <zstd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <utility>

#include "codec/tiles/tile_layout.h"

namespace frostgate::codec {
namespace {

constexpr std::size_t kKeptRoom = 1 << 20;
constexpr std::size_t kTileBytes = std::size_t{kTileSide} * kTileSide * kBytesPerPixel;
constexpr int kLevel = 1;  // measured: higher levels cost more than they save on screens
constexpr int kWindowLog = 24;  // from a tile to what it was before: twice a whole screen

std::uint32_t colour_at(const std::uint8_t* pixel) {
  std::uint32_t value;
  std::memcpy(&value, pixel, sizeof value);
  return value & 0x00FFFFFF;
}

void put_number(std::byte* to, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) to[i] = static_cast<std::byte>((value >> (8 * i)) & 0xFF);
}

// The colours of a tile in the order they appear, and each pixel's place among them.
class Palette {
 public:
  // False when there are more than kMaxPalette colours; `indices` gets one byte for each pixel.
  bool build(FrameView frame, const Rect& tile, std::byte* indices) {
    slots_.fill(0);
    count_ = 0;
    std::uint32_t last = ~0U;
    std::byte last_index{};
    for (int y = tile.y; y < tile.bottom(); ++y) {
      const std::uint8_t* pixel = frame.at(tile.x, y);
      for (int x = 0; x < tile.width; ++x, pixel += kBytesPerPixel) {
        const std::uint32_t colour = colour_at(pixel);
        if (colour != last) {
          const int index = index_of(colour);
          if (index < 0) return false;
          last = colour;
          last_index = static_cast<std::byte>(index);
        }
        *indices++ = last_index;
      }
    }
    return true;
  }

  std::size_t size() const { return count_; }
  std::uint32_t colour(std::size_t index) const { return colours_[index]; }

 private:
  static constexpr std::uint32_t kSlotBits = 10;

  int index_of(std::uint32_t colour) {
    std::uint32_t slot = (colour * 0x9E3779B1U) >> (32 - kSlotBits);
    while (slots_[slot] != 0) {
      const std::size_t index = slots_[slot] - 1U;
      if (colours_[index] == colour) return static_cast<int>(index);
      slot = (slot + 1) & ((1U << kSlotBits) - 1);
    }
    if (count_ == kMaxPalette) return -1;
    colours_[count_] = colour;
    slots_[slot] = static_cast<std::uint16_t>(++count_);
    return static_cast<int>(count_ - 1);
  }

  std::array<std::uint16_t, 1U << kSlotBits> slots_{};  // index + 1, 0 is free
  std::array<std::uint32_t, kMaxPalette> colours_{};
  std::size_t count_ = 0;
};

// Each channel as the difference to the pixel on the left: smooth pictures become small numbers.
std::byte* put_differences(FrameView frame, const Rect& tile, std::byte* out) {
  for (int y = tile.y; y < tile.bottom(); ++y) {
    const std::uint8_t* pixel = frame.at(tile.x, y);
    std::array<std::uint8_t, kColourBytes> left{};
    for (int x = 0; x < tile.width; ++x, pixel += kBytesPerPixel) {
      for (std::size_t c = 0; c < kColourBytes; ++c) {
        *out++ = static_cast<std::byte>(pixel[c] - left[c]);
        left[c] = pixel[c];
      }
    }
  }
  return out;
}

std::byte* put_colours(const Palette& palette, std::byte* out) {
  for (std::size_t i = 0; i < palette.size(); ++i, out += kColourBytes) put_number(out, palette.colour(i), kColourBytes);
  return out;
}

// Writes one tile; `out` has room for kMaxTileBytes. Where the tile before is at hand, few colours are best left as they are: what stayed, or moved, is found there.
std::byte* put_tile(FrameView frame, const Rect& tile, bool key, std::byte* out) {
  std::byte* const coding = out;
  out += kTileCodingBytes;

  Palette palette;
  std::array<std::byte, std::size_t{kTileSide} * kTileSide> indices;
  const std::size_t pixels = static_cast<std::size_t>(tile.area());
  const bool few = palette.build(frame, tile, indices.data());
  if (few && palette.size() == 1) {
    *coding = static_cast<std::byte>(TileCoding::solid);
    return put_colours(palette, out);
  }
  if (few && !key) {
    *coding = static_cast<std::byte>(TileCoding::plain);
    return put_plain(frame, tile, out);
  }
  const std::size_t palette_bytes = 1 + palette.size() * kColourBytes + pixels;
  if (few && palette_bytes <= pixels * kColourBytes) {
    *coding = static_cast<std::byte>(TileCoding::palette);
    *out++ = static_cast<std::byte>(palette.size() - 1);
    out = put_colours(palette, out);
    return std::copy_n(indices.data(), pixels, out);
  }
  *coding = static_cast<std::byte>(TileCoding::differences);
  return put_differences(frame, tile, out);
}

}  // namespace

void TileEncoder::FreeContext::operator()(ZSTD_CCtx_s* context) const { ZSTD_freeCCtx(context); }

TileEncoder::TileEncoder() : context_(ZSTD_createCCtx()) {
  if (!context_) std::abort();
  ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, kLevel);
  ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_windowLog, kWindowLog);
}

std::vector<std::uint32_t> TileEncoder::changed_tiles(FrameView frame, const Region& damage) const {
  const Size size = frame.size;
  std::vector<bool> touched(static_cast<std::size_t>(tile_count(size)));
  for (const Rect& rect : damage.rects()) {
    const Rect inside = rect.intersected(Rect::of(size));
    if (inside.empty()) continue;
    for (int row = inside.y / kTileSide; row <= (inside.bottom() - 1) / kTileSide; ++row) {
      for (int column = inside.x / kTileSide; column <= (inside.right() - 1) / kTileSide; ++column) {
        touched[static_cast<std::size_t>(row * tile_columns(size) + column)] = true;
      }
    }
  }
  std::vector<std::uint32_t> changed;
  for (std::uint32_t number = 0; number < touched.size(); ++number) {
    if (touched[number] && !same_pixels(frame, last_.view(), tile_rect(size, static_cast<int>(number)))) {
      changed.push_back(number);
    }
  }
  return changed;
}

void TileEncoder::keep_former() {
  former_.resize(tiles_.size() * kTileBytes);
  std::uint8_t* out = former_.data();
  for (const std::uint32_t number : tiles_) {
    const Rect tile = tile_rect(last_.size(), static_cast<int>(number));
    const std::size_t row = static_cast<std::size_t>(tile.width) * kBytesPerPixel;
    for (int y = tile.y; y < tile.bottom(); ++y, out += row) std::memcpy(out, last_.view().at(tile.x, y), row);
  }
  former_.resize(static_cast<std::size_t>(out - former_.data()));
}

bool TileEncoder::look(FrameView frame, const Region& damage) {
  if (!frame.size.acceptable()) std::abort();
  key_ = last_.size() != frame.size;
  if (key_) {
    last_ = Frame(frame.size);
    tiles_.resize(static_cast<std::size_t>(tile_count(frame.size)));
    std::iota(tiles_.begin(), tiles_.end(), 0U);
  } else {
    tiles_ = changed_tiles(frame, damage);
    keep_former();
  }
  for (const std::uint32_t number : tiles_) last_.copy_from(frame, tile_rect(frame.size, static_cast<int>(number)));
  return !tiles_.empty();
}

std::vector<std::byte> TileEncoder::pack() {
  const FrameView frame = last_.view();
  raw_.resize(std::max(raw_.size(), tiles_.size() * kMaxTileBytes));
  std::byte* end = raw_.data();
  for (const std::uint32_t number : tiles_) {
    if (key_) put_number(std::exchange(end, end + kTileNumberBytes), number, kTileNumberBytes);
    end = put_tile(frame, tile_rect(frame.size, static_cast<int>(number)), key_, end);
  }
  const std::size_t raw_bytes = static_cast<std::size_t>(end - raw_.data());

  const std::size_t head = kStateHeaderBytes + (key_ ? 0 : kTileNumberBytes * (1 + tiles_.size()));
  packed_.resize(std::max(packed_.size(), head + ZSTD_compressBound(raw_bytes)));
  packed_[0] = static_cast<std::byte>(key_ ? StateKind::key : StateKind::change);
  put_number(&packed_[1], static_cast<std::uint32_t>(frame.size.width), 2);
  put_number(&packed_[3], static_cast<std::uint32_t>(frame.size.height), 2);
  put_number(&packed_[5], static_cast<std::uint32_t>(raw_bytes), 4);
  if (!key_) {
    std::byte* list = &packed_[kStateHeaderBytes];
    put_number(std::exchange(list, list + kTileNumberBytes), static_cast<std::uint32_t>(tiles_.size()), kTileNumberBytes);
    for (const std::uint32_t number : tiles_) put_number(std::exchange(list, list + kTileNumberBytes), number, kTileNumberBytes);
    refer_to_former();
  }
  const std::size_t bytes = ZSTD_compress2(context_.get(), &packed_[head], packed_.size() - head, raw_.data(), raw_bytes);
  if (ZSTD_isError(bytes)) std::abort();  // the room is ZSTD_compressBound: only a lack of memory is left
  std::vector<std::byte> state(packed_.begin(), packed_.begin() + static_cast<std::ptrdiff_t>(head + bytes));
  // A whole screen needs many times what a usual state does.
  for (std::vector<std::byte>* room : {&raw_, &packed_, &prefix_}) {
    if (room->size() > kKeptRoom) std::vector<std::byte>().swap(*room);
  }
  if (former_.size() > kKeptRoom) std::vector<std::uint8_t>().swap(former_);
  return state;
}

// For the next compression.
void TileEncoder::refer_to_former() {
  const std::size_t pixels = former_.size() / kBytesPerPixel;
  prefix_.resize(pixels * kColourBytes);
  const std::uint8_t* in = former_.data();
  std::byte* out = prefix_.data();
  for (std::size_t i = 0; i < pixels; ++i, in += kBytesPerPixel, out += kColourBytes) std::memcpy(out, in, kColourBytes);
  if (ZSTD_isError(ZSTD_CCtx_refPrefix(context_.get(), prefix_.data(), prefix_.size()))) std::abort();
}

std::optional<std::vector<std::byte>> TileEncoder::encode(FrameView frame, const Region& damage) {
  if (!look(frame, damage)) return std::nullopt;
  return pack();
}

}  // namespace frostgate::codec
