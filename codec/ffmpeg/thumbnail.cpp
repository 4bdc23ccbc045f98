#include "codec/thumbnail.h"

#include <algorithm>

#include "codec/ffmpeg/handles.h"

namespace frostgate::codec {

using namespace ffmpeg;

namespace {

constexpr int kQuality = 4;  // of 1, the best, to 31

Result<Picture> scaled(const FrameView& view, Size size) {
  Picture picture(av_frame_alloc());
  if (!picture) return Error{ErrorKind::no_space, "no memory for a picture"};
  picture->width = size.width;
  picture->height = size.height;
  picture->format = AV_PIX_FMT_YUVJ420P;
  picture->quality = kQuality * FF_QP2LAMBDA;
  if (av_frame_get_buffer(picture.get(), 0) < 0) return Error{ErrorKind::no_space, "no memory for a picture"};
  const Scaler scaler(sws_getContext(view.size.width, view.size.height, AV_PIX_FMT_BGR0, size.width, size.height, AV_PIX_FMT_YUVJ420P,
                                     SWS_AREA | SWS_BITEXACT | SWS_ACCURATE_RND, nullptr, nullptr, nullptr));
  if (!scaler) return Error{ErrorKind::unsupported, "this FFmpeg does not scale pictures"};
  const std::uint8_t* const from[] = {view.row(0)};
  const int stride[] = {static_cast<int>(view.stride)};
  sws_scale(scaler.get(), from, stride, 0, view.size.height, picture->data, picture->linesize);
  return picture;
}

}  // namespace

Result<Thumbnail> make_thumbnail(const ClearedFrame& frame) {
  const FrameView view = frame.view();
  if (!view.size.acceptable()) return Error{ErrorKind::invalid, "a picture of an impossible size"};
  const int width = std::min(kThumbnailWidth, view.size.width);
  const Size size{width, std::max(1, view.size.height * width / view.size.width)};
  const AVCodec* codec = avcodec_find_encoder(AV_CODEC_ID_MJPEG);
  if (!codec) return Error{ErrorKind::unsupported, "this FFmpeg has no JPEG encoder"};
  const Picture picture = TRY(scaled(view, size));
  const CodecContext context(avcodec_alloc_context3(codec));
  const Packet packet(av_packet_alloc());
  if (!context || !packet) return Error{ErrorKind::no_space, "no memory for a picture"};
  context->width = size.width;
  context->height = size.height;
  context->pix_fmt = AV_PIX_FMT_YUVJ420P;
  context->time_base = {1, 1};
  context->thread_count = 1;
  context->flags |= AV_CODEC_FLAG_QSCALE | AV_CODEC_FLAG_BITEXACT;
  context->global_quality = kQuality * FF_QP2LAMBDA;
  if (const int code = avcodec_open2(context.get(), codec, nullptr); code < 0) {
    return av_error(code, ErrorKind::unsupported, "the JPEG encoder does not open");
  }
  int code = avcodec_send_frame(context.get(), picture.get());
  if (code >= 0) code = avcodec_receive_packet(context.get(), packet.get());
  if (code < 0) return av_error(code, ErrorKind::io, "the JPEG encoder gives no picture");
  const auto* bytes = reinterpret_cast<const std::byte*>(packet->data);
  return Thumbnail{size, std::vector<std::byte>(bytes, bytes + packet->size)};
}

}  // namespace frostgate::codec
