// ClearedFrames to film: H.264 (x264 veryfast, zerolatency, one thread, 4:2:0, BT.709) in fragmented MP4, at the states' own times.
// The same frames at the same times give the same bytes.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "codec/base/cleared_frame.h"
#include "codec/base/result.h"
#include "codec/base/segment.h"
#include "codec/base/time.h"

namespace frostgate::codec {

namespace ffmpeg {
class PartEncoder;
}

struct SegmentEncoderSettings {
  double crf = 24;                                           // x264's constant rate factor, 0 to 51; lower is better
  Microseconds segment_length = std::chrono::seconds(60);    // no segment is longer
  Microseconds keyframe_interval = std::chrono::seconds(10); // no further apart; each segment starts with one anyway
  Microseconds keepalive = std::chrono::seconds(1);          // an unchanged picture is repeated this often
};

// The decode times in the fragments are session times, so all parts lie on one timeline without an offset. A size with an odd side is
// padded by repeating the last column or row. One thread at a time.
class SegmentEncoder {
 public:
  // ErrorKind::invalid for settings that make no sense, unsupported when this FFmpeg has no libx264.
  static Result<SegmentEncoder> open(const SegmentEncoderSettings& settings);
  SegmentEncoder(SegmentEncoder&&) noexcept;
  SegmentEncoder& operator=(SegmentEncoder&&) noexcept;
  // Abandons what was not finished.
  ~SegmentEncoder();

  // `frame` is what is shown from `at` on. Returns what is complete by now: the init segment at the start and after each change of
  // size, and media segments whose last picture's end is known. Times may not go backwards (ErrorKind::invalid); of two frames at the
  // same time the later one is shown.
  Result<std::vector<Segment>> add(const ClearedFrame& frame, SessionTime at);

  // The last picture lasts until `end` (at least 1 ms). Nothing may be added afterwards.
  Result<std::vector<Segment>> finish(SessionTime end);

 private:
  explicit SegmentEncoder(const SegmentEncoderSettings& settings);
  Result<void> encode_until(SessionTime time, std::vector<Segment>& done);

  SegmentEncoderSettings settings_;
  std::unique_ptr<ffmpeg::PartEncoder> part_;
  int parts_ = 0;
  SessionTime shown_since_{};  // the time of the picture that `part_` holds and has not encoded
  bool finished_ = false;
};

}  // namespace frostgate::codec
