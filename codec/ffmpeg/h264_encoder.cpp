#include "codec/ffmpeg/h264_encoder.h"

extern "C" {
#include <libavutil/opt.h>
}

#include <string>
#include <utility>

namespace frostgate::codec::ffmpeg {
namespace {

// x264 takes this as "never by itself"; we say where the IDR pictures are.
constexpr int kNoLimit = 1 << 30;
// What x264 assumes for its level and rate control; the real times are in the packets.
constexpr AVRational kNominalRate{30, 1};

struct Settings {
  double crf;
  const char* preset;
  const char* more;  // in x264's words
  AVColorRange range;
  bool in_mp4;  // where the parameter sets stand in the init segment
};

Result<CodecContext> opened(Size size, const Settings& settings) {
  const AVCodec* codec = avcodec_find_encoder_by_name("libx264");
  if (!codec) return Error{ErrorKind::unsupported, "this FFmpeg has no libx264"};
  CodecContext context(avcodec_alloc_context3(codec));
  if (!context) return Error{ErrorKind::no_space, "no memory for the encoder"};
  context->width = size.width;
  context->height = size.height;
  context->pix_fmt = AV_PIX_FMT_YUV420P;
  context->time_base = {1, 1'000'000};
  context->framerate = kNominalRate;
  context->gop_size = kNoLimit;
  context->thread_count = 1;
  context->color_range = settings.range;
  context->colorspace = AVCOL_SPC_BT709;
  context->color_primaries = AVCOL_PRI_BT709;
  context->color_trc = AVCOL_TRC_BT709;
  context->flags |= AV_CODEC_FLAG_BITEXACT | (settings.in_mp4 ? AV_CODEC_FLAG_GLOBAL_HEADER : 0);
  av_opt_set(context->priv_data, "preset", settings.preset, 0);
  av_opt_set(context->priv_data, "tune", "zerolatency", 0);
  av_opt_set(context->priv_data, "forced-idr", "1", 0);
  av_opt_set_double(context->priv_data, "crf", settings.crf, 0);
  // Slices for threads would follow the machine's cores. Not force-cfr=0: x264 would then keep back one picture.
  av_opt_set(context->priv_data, "x264-params", (std::string("scenecut=0:threads=1:sliced-threads=0") + settings.more).c_str(), 0);
  if (const int code = avcodec_open2(context.get(), codec, nullptr); code < 0) {
    return av_error(code, ErrorKind::unsupported, "the H.264 encoder does not open");
  }
  return context;
}

}  // namespace

Result<H264Encoder> H264Encoder::make(Result<CodecContext> context) {
  if (!context) return context.error();
  Packet packet(av_packet_alloc());
  if (!packet) return Error{ErrorKind::no_space, "no memory for the encoder"};
  return H264Encoder(std::move(context).value(), std::move(packet));
}

// A screen does not fade, and looking for weights costs time in every picture. It scrolls by whole lines: the preset's search looks 16 pixels
// far. Bits belong to text, not to smooth grounds, and a key picture is no better than what follows. Text is to be as legible while it moves as when it
// rests (qcomp=1): x264 would spend less on a picture among many changes, and then bits on its repeats and on all that comes after them.
// Of notes/peers.md's dense session, in MB an hour: as the preset has it 268; this search 122; with these bits, and a key picture after 60 pictures
// instead of 10 s, 76 (38 when 70 % are idle); with one quality for all 72 (28). Its known page is read as on the screen, at its first picture.
Result<H264Encoder> H264Encoder::for_film(Size size, double crf) {
  return make(opened(size, {crf, "veryfast", ":weightp=0:me=umh:merange=64:aq-mode=2:ipratio=1.1:qcomp=1", AVCOL_RANGE_MPEG, true}));
}

// Measured on screens and on video: the other presets cost two to three times as much, for half the bytes.
Result<H264Encoder> H264Encoder::for_stream(Size size) { return make(opened(size, {23, "ultrafast", "", AVCOL_RANGE_JPEG, false})); }

Result<AVPacket*> H264Encoder::encode(AVFrame& picture, SessionTime at, Microseconds duration, bool start_anew) {
  picture.pts = at.count();
  picture.pict_type = start_anew ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
  if (const int code = avcodec_send_frame(context_.get(), &picture); code < 0) {
    return av_error(code, ErrorKind::io, "the H.264 encoder refuses a picture");
  }
  av_packet_unref(packet_.get());
  if (const int code = avcodec_receive_packet(context_.get(), packet_.get()); code < 0) {
    return av_error(code, ErrorKind::io, "the H.264 encoder gives no picture back");
  }
  packet_->pts = packet_->dts = at.count();
  packet_->duration = duration.count();
  packet_->stream_index = 0;
  return packet_.get();
}

}  // namespace frostgate::codec::ffmpeg
