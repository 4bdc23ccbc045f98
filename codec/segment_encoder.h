// ClearedFrames to film: H.264 (x264 veryfast, zerolatency, one thread, 4:2:0, BT.709) in fragmented MP4, at the states' own times.
// The same frames at the same times give the same bytes, and a segment's bytes depend on nothing that was shown before it.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "codec/base/cleared_frame.h"
#include "codec/base/result.h"
#include "codec/base/segment.h"
#include "codec/base/time.h"
#include "codec/segment_schedule.h"

namespace frostgate::codec {

namespace ffmpeg {
class PartEncoder;
}

// Whether a segment is to be made; an init segment has index 0.
using SegmentChoice = std::function<bool(int part, int index)>;

// The decode times in the fragments are session times, so all parts lie on one timeline without an offset. A size with an odd side is
// padded by repeating the last column or row. One thread at a time.
class SegmentEncoder {
 public:
  // ErrorKind::invalid for settings that make no sense, unsupported when this FFmpeg has no libx264.
  static Result<SegmentEncoder> open(const SegmentEncoderSettings& settings);
  // Makes some segments of a film again. `schedule` is as it was, under the same settings, before the first frame that is now given,
  // and no chosen segment began before that frame. The frames have to be given all the same.
  static Result<SegmentEncoder> resume(const SegmentEncoderSettings& settings, SegmentSchedule schedule, SegmentChoice choice);
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

  const SegmentSchedule& schedule() const { return schedule_; }

 private:
  SegmentEncoder(const SegmentEncoderSettings& settings, SegmentSchedule schedule, SegmentChoice choice);
  Result<void> encode(const std::vector<ScheduledPicture>& pictures, std::vector<Segment>& done);

  SegmentEncoderSettings settings_;
  SegmentSchedule schedule_;
  SegmentChoice choice_;
  std::unique_ptr<ffmpeg::PartEncoder> part_;
};

}  // namespace frostgate::codec
