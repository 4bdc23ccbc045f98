// Hextile (RFC 6143 7.7.4), exact, of pixels of four bytes whose upper one means nothing: libvncserver's own encoder takes several times as long.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "codec/base/frame.h"

namespace frostgate::relay::vnc {

// One for each rectangle: a tile may leave out what the tile before it has said.
class HextileEncoder {
 public:
  static constexpr int kSide = 16;
  static constexpr std::size_t kMostBytes = 1 + kSide * kSide * kBytesPerPixel;

  // Writes one tile, at most kSide wide and high, the rows of which are `tile`'s; the tiles of a rectangle come row by row. Returns the end.
  std::uint8_t* encode(FrameView tile, std::uint8_t* out);

 private:
  struct Pixels;
  std::uint8_t* put_solid(std::uint32_t colour, std::uint8_t* out);
  std::uint8_t* put_two(const Pixels& pixels, std::uint32_t first, std::uint32_t second, std::uint8_t* out);
  std::uint8_t* put_many(Pixels& pixels, std::uint8_t* out);
  std::uint8_t* put_raw(const Pixels& pixels, std::uint8_t* out);

  std::optional<std::uint32_t> background_, foreground_;  // that the client has
};

}  // namespace frostgate::relay::vnc
