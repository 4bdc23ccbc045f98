// Pictures of AVC420 (MS-RDPEGFX 2.2.4.4): H.264, of which parts are shown. With loss. Pure.
#pragma once

#include <memory>
#include <span>

#include "codec/base/frame.h"
#include "codec/base/result.h"
#include "codec/h264_decoder.h"

namespace frostgate::relay::rdp {

class AvcPicture {
 public:
  // The stream of one surface of this size. Error: unsupported.
  static Result<std::unique_ptr<AvcPicture>> open(Size size);

  // Paints what `bytes` show onto `to`, the surface, and adds it to `painted`. Error: corrupt.
  Result<void> paint(std::span<const std::byte> bytes, Frame& to, Region& painted);

 private:
  explicit AvcPicture(std::unique_ptr<codec::H264Decoder> decoder) : decoder_(std::move(decoder)) {}

  std::unique_ptr<codec::H264Decoder> decoder_;
};

}  // namespace frostgate::relay::rdp
