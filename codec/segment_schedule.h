// Which pictures of a film are encoded when, and where its parts and segments begin: decided by times and sizes alone, never
// by what the pictures show. So each segment can be made again by itself. Values only.
#pragma once

#include <chrono>
#include <vector>

#include "codec/base/geometry.h"
#include "codec/base/result.h"
#include "codec/base/time.h"

namespace frostgate::codec {

struct SegmentEncoderSettings {
  double crf = 25;                                           // x264's constant rate factor, 0 to 51; lower is better
  Microseconds segment_length = std::chrono::seconds(60);    // no segment is longer
  Microseconds keyframe_interval = std::chrono::seconds(60); // no further apart; each segment starts with one anyway
  int keyframe_pictures = 60;                                // nor are so many changed pictures: what a seek decodes; repeats cost it next to nothing
  Microseconds keepalive = std::chrono::seconds(1);          // an unchanged picture is repeated this often
};

struct ScheduledPicture {
  SessionTime at{};
  Microseconds duration{};
  int part = 0;
  int index = 0;  // of its segment, from 1
  bool key = false;
};

class SegmentSchedule {
 public:
  SegmentSchedule() = default;
  explicit SegmentSchedule(const SegmentEncoderSettings& settings) : settings_(settings) {}

  // A picture of `size` is shown from `at` on. Returns what is to be encoded of the picture before it, whose end is now known.
  // Times may not go backwards (`invalid`); of two pictures at the same time the first is not encoded.
  Result<std::vector<ScheduledPicture>> show(Size size, SessionTime at);
  // The last picture lasts until `end` (at least 1 ms). Nothing may be shown afterwards.
  Result<std::vector<ScheduledPicture>> finish(SessionTime end);

  // Of the picture shown last; -1 before the first.
  int part() const { return part_; }
  Size size() const { return size_; }

 private:
  void encode_until(SessionTime time, std::vector<ScheduledPicture>& out);

  SegmentEncoderSettings settings_;
  Size size_;
  int part_ = -1;
  int index_ = 0;
  bool begun_ = false;            // the segment `index_`; if not, the next picture begins another
  SessionTime segment_start_{};
  SessionTime last_key_{};
  int since_key_ = 0;             // changed pictures, with that one
  SessionTime shown_since_{};     // what is encoded ends here
  bool finished_ = false;
};

}  // namespace frostgate::codec
