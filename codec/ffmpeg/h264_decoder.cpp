#include "codec/h264_decoder.h"

#include <cstring>
#include <vector>

#include "codec/ffmpeg/handles.h"

namespace frostgate::codec {
namespace {

using namespace ffmpeg;

constexpr int kMostPadding = 64;  // servers align rows of blocks to that

class LibavDecoder final : public H264Decoder {
 public:
  LibavDecoder(CodecContext context, Packet packet, Picture picture) : context_(std::move(context)), packet_(std::move(packet)), picture_(std::move(picture)) {}

  Result<std::optional<Planes>> decode(std::span<const std::byte> bytes) override {
    if (bytes.empty()) return std::optional<Planes>();
    // It reads some bytes beyond the end.
    bytes_.assign(bytes.size() + AV_INPUT_BUFFER_PADDING_SIZE, std::uint8_t{0});
    std::memcpy(bytes_.data(), bytes.data(), bytes.size());
    packet_->data = bytes_.data();
    packet_->size = static_cast<int>(bytes.size());
    const int sent = avcodec_send_packet(context_.get(), packet_.get());
    if (sent < 0) return av_error(sent, ErrorKind::corrupt, "H.264 that cannot be read");
    const int got = avcodec_receive_frame(context_.get(), picture_.get());
    if (got == AVERROR(EAGAIN)) return std::optional<Planes>();
    if (got < 0) return av_error(got, ErrorKind::corrupt, "H.264 that cannot be read");
    if (picture_->format != AV_PIX_FMT_YUV420P && picture_->format != AV_PIX_FMT_YUVJ420P) return Error{ErrorKind::corrupt, "H.264 that is not 4:2:0 of eight bits"};
    Planes out{{picture_->width, picture_->height}, {}, {}};
    for (std::size_t plane = 0; plane < 3; ++plane) {
      out.data[plane] = picture_->data[plane];
      out.stride[plane] = picture_->linesize[plane];
    }
    return std::optional(out);
  }

 private:
  CodecContext context_;
  Packet packet_;
  Picture picture_;
  std::vector<std::uint8_t> bytes_;
};

}  // namespace

Result<std::unique_ptr<H264Decoder>> H264Decoder::open(Size size) {
  const AVCodec* const codec = avcodec_find_decoder(AV_CODEC_ID_H264);
  if (!codec || !size.acceptable()) return Error{ErrorKind::unsupported, "there is no decoder for H.264 of this size"};
  CodecContext context(avcodec_alloc_context3(codec));
  Packet packet(av_packet_alloc());
  Picture picture(av_frame_alloc());
  if (!context || !packet || !picture) return Error{ErrorKind::no_space, "no memory to read H.264"};
  // A picture at once, and no room for a larger one, whatever the stream says.
  context->flags |= AV_CODEC_FLAG_LOW_DELAY;
  context->thread_count = 1;
  context->max_pixels = (std::int64_t{size.width} + kMostPadding) * (size.height + kMostPadding);
  const int opened = avcodec_open2(context.get(), codec, nullptr);
  if (opened < 0) return av_error(opened, ErrorKind::unsupported, "the decoder for H.264");
  return std::unique_ptr<H264Decoder>(std::make_unique<LibavDecoder>(std::move(context), std::move(packet), std::move(picture)));
}

}  // namespace frostgate::codec
