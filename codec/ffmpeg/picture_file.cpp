#include "codec/picture_file.h"

#include "codec/ffmpeg/handles.h"

namespace frostgate::codec {

using namespace ffmpeg;

Result<std::vector<std::byte>> encode_png(const FrameView& view) {
  if (!view.size.acceptable()) return Error{ErrorKind::invalid, "a picture of an impossible size"};
  const AVCodec* codec = avcodec_find_encoder(AV_CODEC_ID_PNG);
  if (!codec) return Error{ErrorKind::unsupported, "this FFmpeg has no PNG encoder"};
  const CodecContext context(avcodec_alloc_context3(codec));
  const Picture picture(av_frame_alloc());
  const Packet packet(av_packet_alloc());
  if (!context || !picture || !packet) return Error{ErrorKind::no_space, "no memory for a picture"};
  context->width = picture->width = view.size.width;
  context->height = picture->height = view.size.height;
  context->pix_fmt = AV_PIX_FMT_RGB24;
  picture->format = AV_PIX_FMT_RGB24;
  context->time_base = {1, 1};
  context->thread_count = 1;
  if (const int code = avcodec_open2(context.get(), codec, nullptr); code < 0) {
    return av_error(code, ErrorKind::unsupported, "the PNG encoder does not open");
  }
  if (av_frame_get_buffer(picture.get(), 0) < 0) return Error{ErrorKind::no_space, "no memory for a picture"};
  for (int y = 0; y < view.size.height; ++y) {
    const std::uint8_t* from = view.row(y);
    std::uint8_t* to = picture->data[0] + std::ptrdiff_t{y} * picture->linesize[0];
    for (int x = 0; x < view.size.width; ++x, from += kBytesPerPixel, to += 3) {
      to[0] = from[2];
      to[1] = from[1];
      to[2] = from[0];
    }
  }
  int code = avcodec_send_frame(context.get(), picture.get());
  if (code >= 0) code = avcodec_receive_packet(context.get(), packet.get());
  if (code < 0) return av_error(code, ErrorKind::io, "the PNG encoder gives no picture");
  const auto* bytes = reinterpret_cast<const std::byte*>(packet->data);
  return std::vector<std::byte>(bytes, bytes + packet->size);
}

}  // namespace frostgate::codec
