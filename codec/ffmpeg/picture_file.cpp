#include "codec/picture_file.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "codec/ffmpeg/handles.h"

namespace frostgate::codec {

using namespace ffmpeg;

namespace {

// As the first chunk of the file says.
Result<Size> size_in(std::span<const std::byte> file) {
  constexpr std::array<std::uint8_t, 16> kBegin = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R'};
  if (file.size() < kBegin.size() + 8 || std::memcmp(file.data(), kBegin.data(), kBegin.size()) != 0) return Error{ErrorKind::invalid, "it is no PNG file"};
  const auto number = [&](std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = value << 8 | std::to_integer<std::uint32_t>(file[at + i]);
    return static_cast<int>(std::min<std::uint32_t>(value, INT32_MAX));
  };
  return Size{number(kBegin.size()), number(kBegin.size() + 4)};
}

// The decoder's picture, in a buffer of FFmpeg's own making: swscale may write past the end of a row.
Result<Frame> as_frame(const AVFrame& picture) {
  const Picture target(av_frame_alloc());
  const Scaler scaler(sws_getContext(picture.width, picture.height, static_cast<AVPixelFormat>(picture.format), picture.width, picture.height,
                                     AV_PIX_FMT_BGR0, SWS_POINT, nullptr, nullptr, nullptr));
  if (!target || !scaler) return Error{ErrorKind::unsupported, "a PNG file of a kind that cannot be shown"};
  target->format = AV_PIX_FMT_BGR0;
  target->width = picture.width;
  target->height = picture.height;
  if (av_frame_get_buffer(target.get(), 0) < 0) return Error{ErrorKind::no_space, "no memory for a picture"};
  sws_scale(scaler.get(), picture.data, picture.linesize, 0, picture.height, target->data, target->linesize);
  return Frame::copy_of({target->data[0], {picture.width, picture.height}, target->linesize[0]});
}

}  // namespace

Result<Frame> decode_png(std::span<const std::byte> file, Size most) {
  const Size size = TRY(size_in(file));
  if (size.empty() || size.width > most.width || size.height > most.height) {
    return Error{ErrorKind::invalid, "the picture has " + std::to_string(size.width) + "x" + std::to_string(size.height) + " pixels; expected at most " +
                                         std::to_string(most.width) + "x" + std::to_string(most.height)};
  }
  const AVCodec* codec = avcodec_find_decoder(AV_CODEC_ID_PNG);
  if (!codec) return Error{ErrorKind::unsupported, "this FFmpeg has no PNG decoder"};
  const CodecContext context(avcodec_alloc_context3(codec));
  const Picture picture(av_frame_alloc());
  const Packet packet(av_packet_alloc());
  if (!context || !picture || !packet) return Error{ErrorKind::no_space, "no memory for a picture"};
  context->thread_count = 1;
  context->err_recognition = AV_EF_CRCCHECK | AV_EF_EXPLODE;
  if (avcodec_open2(context.get(), codec, nullptr) < 0 || av_new_packet(packet.get(), static_cast<int>(file.size())) < 0) {
    return Error{ErrorKind::unsupported, "the PNG decoder does not open"};
  }
  std::memcpy(packet->data, file.data(), file.size());
  if (avcodec_send_packet(context.get(), packet.get()) < 0 || avcodec_receive_frame(context.get(), picture.get()) < 0) {
    return Error{ErrorKind::corrupt, "the PNG file is damaged"};
  }
  if (picture->width != size.width || picture->height != size.height) return Error{ErrorKind::corrupt, "the PNG file is damaged"};
  return as_frame(*picture);
}

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
