// One tile of RemoteFX (MS-RDPRFX 3.1.8): 64x64 pixels as three planes of wavelet coefficients, coded by RLGR1. With loss. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "codec/base/frame.h"

namespace frostgate::relay::rdp {

class RemoteFxTile {
 public:
  static constexpr int kSide = 64;
  // How coarse each band of a plane is, 6 to 15, in the order of MS-RDPEGFX 2.2.4.2.1.5.2: LL3, HL3, LH3, HH3, HL2, LH2, HH2, HL1, LH1, HH1.
  using Quantization = std::array<std::uint8_t, 10>;
  // Of luma and both colour differences.
  struct Plane {
    std::span<const std::byte> coded;
    Quantization quantization;
  };

  // Any bytes code some picture; what they do not reach of it is plain.
  void decode(const std::array<Plane, 3>& planes);
  // The picture, valid until the next one.
  FrameView view() const { return {reinterpret_cast<const std::uint8_t*>(pixels_.data()), {kSide, kSide}, std::ptrdiff_t{kSide} * kBytesPerPixel}; }

 private:
  static constexpr std::size_t kPixels = std::size_t{kSide} * kSide;
  using Coefficients = std::array<std::int16_t, kPixels>;
  void decode(const Plane& plane, Coefficients& to);

  std::array<Coefficients, 3> planes_;
  Coefficients half_;  // transformed in one direction
  std::array<std::uint32_t, kPixels> pixels_;
};

}  // namespace frostgate::relay::rdp
