// x264 as every film of ours uses it: one picture in, one packet out, at once.
#pragma once

#include "codec/base/geometry.h"
#include "codec/base/result.h"
#include "codec/base/time.h"
#include "codec/ffmpeg/handles.h"

namespace frostgate::codec::ffmpeg {

class H264Encoder {
 public:
  // `size` has even sides.
  static Result<H264Encoder> open(Size size, double crf);

  const AVCodecContext& context() const { return *context_; }

  // `picture` is lent; its time must be later than the one before. The packet is valid until the next call; its times are in microseconds.
  Result<AVPacket*> encode(AVFrame& picture, SessionTime at, Microseconds duration, bool start_anew);

 private:
  H264Encoder(CodecContext context, Packet packet) : context_(std::move(context)), packet_(std::move(packet)) {}

  CodecContext context_;
  Packet packet_;
};

}  // namespace frostgate::codec::ffmpeg
