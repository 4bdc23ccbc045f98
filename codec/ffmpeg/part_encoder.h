// One part of a film: pictures of one size to an init segment and media segments.
#pragma once

#include <memory>
#include <vector>

#include "codec/base/frame.h"
#include "codec/base/segment.h"
#include "codec/ffmpeg/handles.h"
#include "codec/ffmpeg/segment_muxer.h"
#include "codec/segment_schedule.h"

namespace frostgate::codec::ffmpeg {

class PartEncoder {
 public:
  static Result<std::unique_ptr<PartEncoder>> open(Size size, double crf, int number);

  int number() const { return number_; }
  Segment init_segment(SessionTime start) const;
  // Takes the changed pixels into the held picture.
  void update(FrameView frame, const Region& changed);
  // Encodes the held picture. Appends the segment before to `done` when this one starts another.
  Result<void> encode(const ScheduledPicture& scheduled, std::vector<Segment>& done);
  // Ends the running segment, if there is one.
  Result<void> cut(std::vector<Segment>& done);

 private:
  PartEncoder(Size size, double crf, int number, Picture picture, std::unique_ptr<SegmentMuxer> first)
      : size_(size), crf_(crf), number_(number), picture_(std::move(picture)), muxer_(std::move(first)) {}

  Size size_;
  double crf_;
  int number_;
  Picture picture_;
  // Each segment has an encoder of its own: what x264 remembers of the pictures before would otherwise show in its bytes.
  std::unique_ptr<SegmentMuxer> muxer_;
};

}  // namespace frostgate::codec::ffmpeg
