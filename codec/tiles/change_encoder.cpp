#include "codec/tiles/change_encoder.h"

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

constexpr std::size_t kKeptRoom = 2 << 20;
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
  bool build(FrameView tile, std::byte* indices) {
    slots_.fill(0);
    count_ = 0;
    // Text is of two colours for the most part: the last one, and the one before.
    std::uint32_t last = ~0U, former = ~0U;
    std::byte last_index{}, former_index{};
    for (int y = 0; y < tile.size.height; ++y) {
      const std::uint8_t* pixel = tile.row(y);
      for (int x = 0; x < tile.size.width; ++x, pixel += kBytesPerPixel) {
        const std::uint32_t colour = colour_at(pixel);
        if (colour != last) {
          std::swap(last, former);
          std::swap(last_index, former_index);
        }
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
std::byte* put_differences(FrameView tile, std::byte* out) {
  for (int y = 0; y < tile.size.height; ++y) {
    const std::uint8_t* pixel = tile.row(y);
    std::array<std::uint8_t, kColourBytes> left{};
    for (int x = 0; x < tile.size.width; ++x, pixel += kBytesPerPixel) {
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
std::byte* put_tile(FrameView tile, bool key, std::byte* out) {
  std::byte* const coding = out;
  out += kTileCodingBytes;

  Palette palette;
  std::array<std::byte, std::size_t{kTileSide} * kTileSide> indices;
  const std::size_t pixels = static_cast<std::size_t>(tile.size.area());
  const bool few = palette.build(tile, indices.data());
  if (few && palette.size() == 1) {
    *coding = static_cast<std::byte>(TileCoding::solid);
    return put_colours(palette, out);
  }
  if (few && !key) {
    *coding = static_cast<std::byte>(TileCoding::plain);
    return put_plain(tile, Rect::of(tile.size), out);
  }
  const std::size_t palette_bytes = 1 + palette.size() * kColourBytes + pixels;
  if (few && palette_bytes <= pixels * kColourBytes) {
    *coding = static_cast<std::byte>(TileCoding::palette);
    *out++ = static_cast<std::byte>(palette.size() - 1);
    out = put_colours(palette, out);
    return std::copy_n(indices.data(), pixels, out);
  }
  *coding = static_cast<std::byte>(TileCoding::differences);
  return put_differences(tile, out);
}

}  // namespace

void ChangeEncoder::FreeContext::operator()(ZSTD_CCtx_s* context) const { ZSTD_freeCCtx(context); }

ZSTD_CCtx_s* ChangeEncoder::make_context() {
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  if (context == nullptr) std::abort();
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, kLevel);
  ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, kWindowLog);
  return context;
}

ChangeEncoder::ChangeEncoder() : context_(make_context()) {}

void ChangeEncoder::give_back_room() {
  former_.give_back_room();
  for (Room* room : {&raw_, &packed_, &prefix_}) room->keep(0);
  context_.reset(make_context());
}

bool ChangeEncoder::look(FrameView frame, TileCopies& former) {
  if (!frame.size.acceptable()) std::abort();
  key_ = former.size() != frame.size;
  std::swap(former_, former);
  former.restart(frame.size);
  if (key_) {
    tiles_.resize(static_cast<std::size_t>(tile_count(frame.size)));
    std::iota(tiles_.begin(), tiles_.end(), 0U);
  } else {
    tiles_ = former_.numbers();
    std::sort(tiles_.begin(), tiles_.end());
    std::erase_if(tiles_, [&](std::uint32_t number) {
      const FrameView before = former_.tile(number);
      return same_pixels(frame.part(tile_rect(frame.size, static_cast<int>(number))), before, Rect::of(before.size));
    });
  }
  if (tiles_.empty()) former_.restart({});
  latter_.restart(frame.size);
  for (const std::uint32_t number : tiles_) latter_.add(frame, number);
  return !tiles_.empty();
}

std::byte* ChangeEncoder::Room::take(std::size_t bytes) {
  if (bytes > size_) {
    bytes_ = std::make_unique_for_overwrite<std::byte[]>(bytes);
    size_ = bytes;
  }
  return bytes_.get();
}

void ChangeEncoder::Room::keep(std::size_t most) {
  if (size_ <= most) return;
  bytes_.reset();
  size_ = 0;
}

std::vector<std::byte> ChangeEncoder::pack() {
  const Size size = latter_.size();
  std::byte* const raw = raw_.take(tiles_.size() * kMaxTileBytes);
  std::byte* end = raw;
  for (const std::uint32_t number : tiles_) {
    if (key_) put_number(std::exchange(end, end + kTileNumberBytes), number, kTileNumberBytes);
    end = put_tile(latter_.tile(number), key_, end);
  }
  latter_ = TileCopies();
  const std::size_t raw_bytes = static_cast<std::size_t>(end - raw);

  const std::size_t head = kStateHeaderBytes + (key_ ? 0 : kTileNumberBytes * (1 + tiles_.size()));
  const std::size_t most = head + ZSTD_compressBound(raw_bytes);
  std::byte* const packed = packed_.take(most);
  packed[0] = static_cast<std::byte>(key_ ? StateKind::key : StateKind::change);
  put_number(packed + 1, static_cast<std::uint32_t>(size.width), 2);
  put_number(packed + 3, static_cast<std::uint32_t>(size.height), 2);
  put_number(packed + 5, static_cast<std::uint32_t>(raw_bytes), 4);
  if (!key_) {
    std::byte* list = packed + kStateHeaderBytes;
    put_number(std::exchange(list, list + kTileNumberBytes), static_cast<std::uint32_t>(tiles_.size()), kTileNumberBytes);
    for (const std::uint32_t number : tiles_) put_number(std::exchange(list, list + kTileNumberBytes), number, kTileNumberBytes);
    refer_to_former();
  }
  const std::size_t bytes = ZSTD_compress2(context_.get(), packed + head, most - head, raw, raw_bytes);
  if (ZSTD_isError(bytes)) std::abort();  // the room is ZSTD_compressBound: only a lack of memory is left
  std::vector<std::byte> state(packed, packed + head + bytes);
  for (Room* room : {&raw_, &packed_, &prefix_}) room->keep(kKeptRoom);
  former_.restart({});
  return state;
}

// For the next compression.
void ChangeEncoder::refer_to_former() {
  std::byte* const prefix = prefix_.take(tiles_.size() * kMaxTileBytes);
  std::byte* end = prefix;
  for (const std::uint32_t number : tiles_) {
    const FrameView tile = former_.tile(number);
    end = put_plain(tile, Rect::of(tile.size), end);
  }
  if (ZSTD_isError(ZSTD_CCtx_refPrefix(context_.get(), prefix, static_cast<std::size_t>(end - prefix)))) std::abort();
}

}  // namespace frostgate::codec
