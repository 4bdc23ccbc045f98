// One part of a film: pictures of one size to an init segment and media segments.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "codec/base/frame.h"
#include "codec/base/segment.h"
#include "codec/ffmpeg/h264_encoder.h"
#include "codec/ffmpeg/handles.h"
#include "codec/segment_encoder.h"

namespace frostgate::codec::ffmpeg {

class PartEncoder {
 public:
  // The init segment is appended to `done`.
  static Result<std::unique_ptr<PartEncoder>> open(Size size, const SegmentEncoderSettings& settings, int number, SessionTime start,
                                                   std::vector<Segment>& done);

  Size size() const { return size_; }
  // Takes the changed pixels into the held picture.
  void update(FrameView frame, const Region& changed);
  // The held picture was shown from `at` for `duration`. Appends the segment before to `done` when this one starts another.
  Result<void> encode(SessionTime at, Microseconds duration, std::vector<Segment>& done);
  // Ends the running segment, if there is one.
  Result<void> cut(std::vector<Segment>& done);

 private:
  PartEncoder(Size size, const SegmentEncoderSettings& settings, int number, H264Encoder encoder, Picture picture)
      : settings_(settings), number_(number), size_(size), encoder_(std::move(encoder)), picture_(std::move(picture)) {}
  Result<void> open_muxer(SessionTime start, std::vector<Segment>& done);
  Result<void> flush_muxer();

  SegmentEncoderSettings settings_;
  int number_;
  Size size_;
  H264Encoder encoder_;
  Picture picture_;
  std::vector<std::byte> written_;  // by the muxer, not yet in a segment; outlives io_
  MemoryIo io_;
  OutputFormat muxer_;
  Segment running_;
  int segments_ = 0;
  SessionTime last_key_{};
};

}  // namespace frostgate::codec::ffmpeg
