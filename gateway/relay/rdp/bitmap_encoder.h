// Pixels as bitmap updates (MS-RDPBCGR 2.2.9.1.1.3.1.2), which every RDP client understands.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "codec/base/frame.h"
#include "gateway/relay/rdp/freerdp_compat.h"
#include "gateway/relay/rdp/planar_encoder.h"

namespace frostgate::relay::rdp {

// The side of the squares that a screen is sent in.
inline constexpr int kTileSide = 64;

class BitmapEncoder {
 public:
  // `bits_per_pixel` is the client's: 32 sends planar bitmaps, exact; 15, 16 and 24 interleaved ones.
  // Null when the library has no memory or the depth is another.
  static std::unique_ptr<BitmapEncoder> create(unsigned bits_per_pixel);

  // How many tiles beside each other send() takes as one: each PDU costs either side some time of its own, and what is coded of one has to stay
  // below 64 KB.
  int tiles_at_once() const { return interleaved_ ? 1 : kMostTiles; }

  // Sends a picture, at most so many tiles, in a PDU of its own: Windows 11 24H2 draws only the first rectangle of
  // one. False: the connection is broken.
  bool send(rdpContext* context, FrameView picture, Point place);

 private:
  static constexpr int kMostTiles = 4;

  struct Free {
    void operator()(BITMAP_INTERLEAVED_CONTEXT* interleaved) const { bitmap_interleaved_context_free(interleaved); }
  };

  explicit BitmapEncoder(unsigned bits_per_pixel) : bits_per_pixel_(bits_per_pixel) {}
  bool encode(const std::uint8_t* pixels, std::ptrdiff_t stride, Size size, BITMAP_DATA& bitmap);

  unsigned bits_per_pixel_;
  PlanarEncoder planar_;
  std::unique_ptr<BITMAP_INTERLEAVED_CONTEXT, Free> interleaved_;  // none at 32 bits
  std::array<std::uint8_t, kMostTiles * kTileSide * kTileSide * 4> padded_;
  std::array<std::uint8_t, kTileSide * kTileSide * 4 * 2> encoded_;
};

}  // namespace frostgate::relay::rdp
