#include "codec/segment_encoder.h"

#include <utility>

#include "codec/ffmpeg/part_encoder.h"

namespace frostgate::codec {

SegmentEncoder::SegmentEncoder(const SegmentEncoderSettings& settings, SegmentSchedule schedule, SegmentChoice choice)
    : settings_(settings), schedule_(std::move(schedule)), choice_(std::move(choice)) {}
SegmentEncoder::SegmentEncoder(SegmentEncoder&&) noexcept = default;
SegmentEncoder& SegmentEncoder::operator=(SegmentEncoder&&) noexcept = default;
SegmentEncoder::~SegmentEncoder() = default;

Result<SegmentEncoder> SegmentEncoder::open(const SegmentEncoderSettings& settings) {
  return resume(settings, SegmentSchedule(settings), [](int, int) { return true; });
}

Result<SegmentEncoder> SegmentEncoder::resume(const SegmentEncoderSettings& settings, SegmentSchedule schedule, SegmentChoice choice) {
  if (!(settings.crf >= 0 && settings.crf <= 51)) return Error{ErrorKind::invalid, "crf must be from 0 to 51"};
  const Microseconds shortest = std::chrono::milliseconds(100);
  if (settings.keepalive < shortest || settings.keyframe_interval < settings.keepalive ||
      settings.segment_length < settings.keyframe_interval || settings.keyframe_pictures < 1) {
    return Error{ErrorKind::invalid, "keepalive must be 100 ms or more, keyframe_interval no shorter than it, segment_length no shorter than that, keyframe_pictures 1 or more"};
  }
  if (!avcodec_find_encoder_by_name("libx264")) return Error{ErrorKind::unsupported, "this FFmpeg has no libx264"};
  return SegmentEncoder(settings, std::move(schedule), std::move(choice));
}

Result<void> SegmentEncoder::encode(const std::vector<ScheduledPicture>& pictures, std::vector<Segment>& done) {
  for (const ScheduledPicture& picture : pictures) {
    if (!choice_(picture.part, picture.index)) continue;
    if (!part_) return Error{ErrorKind::invalid, "a segment is to be made again whose beginning was not given"};
    TRY(part_->encode(picture, done));
  }
  return {};
}

Result<std::vector<Segment>> SegmentEncoder::add(const ClearedFrame& frame, SessionTime at) {
  const std::vector<ScheduledPicture> pictures = TRY(schedule_.show(frame.size(), at));
  std::vector<Segment> done;
  TRY(encode(pictures, done));
  const bool new_part = !part_ || part_->number() != schedule_.part();
  if (new_part) {
    if (part_) TRY(part_->cut(done));
    part_ = TRY(ffmpeg::PartEncoder::open(frame.size(), settings_.crf, schedule_.part()));
    if (choice_(schedule_.part(), 0)) done.push_back(part_->init_segment(at));
  }
  part_->update(frame.view(), new_part ? Region(Rect::of(frame.size())) : frame.changed());
  return done;
}

Result<std::vector<Segment>> SegmentEncoder::finish(SessionTime end) {
  const std::vector<ScheduledPicture> pictures = TRY(schedule_.finish(end));
  std::vector<Segment> done;
  TRY(encode(pictures, done));
  if (part_) TRY(part_->cut(done));
  return done;
}

}  // namespace frostgate::codec
