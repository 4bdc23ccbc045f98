// One media segment: pictures through an encoder of its own into one MP4 fragment.
#pragma once

#include <memory>
#include <vector>

#include "codec/base/segment.h"
#include "codec/ffmpeg/h264_encoder.h"
#include "codec/ffmpeg/handles.h"

namespace frostgate::codec::ffmpeg {

class SegmentMuxer {
 public:
  // `size` has even sides; `index` is the segment's within its part, from 1.
  static Result<std::unique_ptr<SegmentMuxer>> open(Size size, double crf, int index);

  int index() const { return segment_.index; }
  std::uint32_t frames() const { return segment_.frames; }
  // The bytes of the part's init segment: the same whatever `index` is.
  const std::vector<std::byte>& header() const { return header_; }

  Result<void> encode(AVFrame& picture, SessionTime at, Microseconds duration, bool key);
  // The segment, without its part and the size before padding. Nothing may be encoded afterwards.
  Result<Segment> finish();

 private:
  explicit SegmentMuxer(H264Encoder encoder) : encoder_(std::move(encoder)) {}
  Result<void> open_muxer();

  H264Encoder encoder_;
  std::vector<std::byte> written_;  // by the muxer; outlives io_
  MemoryIo io_;
  OutputFormat muxer_;
  std::vector<std::byte> header_;
  Segment segment_;
};

}  // namespace frostgate::codec::ffmpeg
