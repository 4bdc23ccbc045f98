#include "gateway/relay/rdp/video_encoder.h"

namespace frostgate::relay::rdp {
namespace {

// By libfreerdp's routine, whose inverse its clients have.
bool convert(FrameView pixels, const Rect& area, const codec::H264Stream::Planes& to) {
  BYTE* planes[3];
  UINT32 strides[3];
  for (std::size_t plane = 0; plane < 3; ++plane) {
    const int half = plane == 0 ? 1 : 2;
    planes[plane] = to.data[plane] + std::ptrdiff_t{area.y / half} * to.stride[plane] + area.x / half;
    strides[plane] = static_cast<UINT32>(to.stride[plane]);
  }
  const prim_size_t size{static_cast<UINT32>(area.width), static_cast<UINT32>(area.height)};
  return primitives_get()->RGBToYUV420_8u_P3AC4R(pixels.pixels, PIXEL_FORMAT_BGRX32, static_cast<UINT32>(pixels.stride), planes, strides, &size) ==
         PRIMITIVES_SUCCESS;
}

}  // namespace

std::unique_ptr<VideoEncoder> VideoEncoder::open(Size size) {
  Result<std::unique_ptr<codec::H264Stream>> stream = codec::H264Stream::open(size);
  if (!stream) return nullptr;
  return std::unique_ptr<VideoEncoder>(new VideoEncoder(std::move(stream).value()));
}

RDPGFX_AVC420_BITMAP_STREAM* VideoEncoder::encode(FrontScreen& screen, const std::vector<Rect>& areas) {
  constexpr BYTE kQuantizer = 23, kQuality = 100;
  areas_.clear();
  for (const Rect& area : areas) {
    if (!convert(screen.pixels(area), area, stream_->picture())) return nullptr;
    areas_.push_back({static_cast<UINT16>(area.x), static_cast<UINT16>(area.y), static_cast<UINT16>(area.right()), static_cast<UINT16>(area.bottom())});
  }
  RDPGFX_H264_QUANT_QUALITY quality{};
  quality.qp = quality.qpVal = kQuantizer;
  quality.qualityVal = kQuality;
  qualities_.assign(areas_.size(), quality);
  const Result<std::span<const std::byte>> encoded = stream_->encode();
  if (!encoded) return nullptr;
  bitmap_.meta.numRegionRects = static_cast<UINT32>(areas_.size());
  bitmap_.meta.regionRects = areas_.data();
  bitmap_.meta.quantQualityVals = qualities_.data();
  bitmap_.length = static_cast<UINT32>(encoded.value().size());
  bitmap_.data = reinterpret_cast<BYTE*>(const_cast<std::byte*>(encoded.value().data()));  // only read
  return &bitmap_;
}

}  // namespace frostgate::relay::rdp
