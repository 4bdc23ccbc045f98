// x264: one picture in, one packet out, at once.
#pragma once

#include "codec/base/geometry.h"
#include "codec/base/result.h"
#include "codec/base/time.h"
#include "codec/ffmpeg/handles.h"

namespace frostgate::codec::ffmpeg {

class H264Encoder {
 public:
  // `size` has even sides. For films: limited range, small; parameter sets are in context() alone.
  static Result<H264Encoder> for_film(Size size, double crf);
  // For somebody who looks on meanwhile: full range, fast; parameter sets are in the packet of the first picture.
  static Result<H264Encoder> for_stream(Size size);

  const AVCodecContext& context() const { return *context_; }

  // `picture` is lent; its time must be later than the one before. The packet is valid until the next call; its times are in microseconds.
  Result<AVPacket*> encode(AVFrame& picture, SessionTime at, Microseconds duration, bool start_anew);

 private:
  static Result<H264Encoder> make(Result<CodecContext> context);
  H264Encoder(CodecContext context, Packet packet) : context_(std::move(context)), packet_(std::move(packet)) {}

  CodecContext context_;
  Packet packet_;
};

}  // namespace frostgate::codec::ffmpeg
