#include "codec/h264_stream.h"

#include "codec/ffmpeg/h264_encoder.h"
#include "codec/ffmpeg/yuv.h"

namespace frostgate::codec {
namespace {

using namespace ffmpeg;

constexpr SessionTime kNominalDuration{33'333};

class X264Stream final : public H264Stream {
 public:
  X264Stream(H264Encoder encoder, Picture picture) : encoder_(std::move(encoder)), picture_(std::move(picture)) {}

  Planes picture() override {
    Planes out{};
    for (std::size_t plane = 0; plane < 3; ++plane) {
      out.data[plane] = picture_->data[plane];
      out.stride[plane] = picture_->linesize[plane];
    }
    return out;
  }

  // libx264's wrapper copies the picture, so that it stays ours.
  Result<std::span<const std::byte>> encode() override {
    const AVPacket* packet = TRY(encoder_.encode(*picture_, kNominalDuration * next_++, kNominalDuration, false));
    return std::as_bytes(std::span(packet->data, static_cast<std::size_t>(packet->size)));
  }

 private:
  H264Encoder encoder_;
  Picture picture_;
  std::int64_t next_ = 0;
};

}  // namespace

Result<std::unique_ptr<H264Stream>> H264Stream::open(Size size) {
  if (!size.acceptable() || size.width % 2 != 0 || size.height % 2 != 0) return Error{ErrorKind::unsupported, "H.264 wants even sides"};
  H264Encoder encoder = TRY(H264Encoder::for_stream(size));
  Picture picture = TRY(black_picture(size, 0));
  return std::unique_ptr<H264Stream>(std::make_unique<X264Stream>(std::move(encoder), std::move(picture)));
}

}  // namespace frostgate::codec
