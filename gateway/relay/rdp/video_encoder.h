// Moving parts of a screen as AVC420 (MS-RDPEGFX 2.2.4.4), with an encoder of our own: libfreerdp 2.11's has a fixed, slow preset. With loss.
#pragma once

#include <memory>
#include <vector>

#include "codec/base/geometry.h"
#include "codec/h264_stream.h"
#include "gateway/relay/rdp/freerdp_compat.h"
#include "gateway/relay/rdp/front_screen.h"

namespace frostgate::relay::rdp {

class VideoEncoder {
 public:
  // For a surface of this size. Null: there is no encoder for it.
  static std::unique_ptr<VideoEncoder> open(Size size);

  // A picture in which `areas` of the screen are new, all with even sides and places, or at its edge. Its pointers are valid until the next call.
  // Null: the encoder failed.
  RDPGFX_AVC420_BITMAP_STREAM* encode(FrontScreen& screen, const std::vector<Rect>& areas);

 private:
  explicit VideoEncoder(std::unique_ptr<codec::H264Stream> stream) : stream_(std::move(stream)) {}

  std::unique_ptr<codec::H264Stream> stream_;
  std::vector<RECTANGLE_16> areas_;
  std::vector<RDPGFX_H264_QUANT_QUALITY> qualities_;
  RDPGFX_AVC420_BITMAP_STREAM bitmap_{};
};

}  // namespace frostgate::relay::rdp
