#include "codec/segment_encoder.h"

#include <algorithm>
#include <utility>

#include "codec/ffmpeg/part_encoder.h"

namespace frostgate::codec {
namespace {

constexpr Microseconds kShortestEnd = std::chrono::milliseconds(1);

}  // namespace

SegmentEncoder::SegmentEncoder(const SegmentEncoderSettings& settings) : settings_(settings) {}
SegmentEncoder::SegmentEncoder(SegmentEncoder&&) noexcept = default;
SegmentEncoder& SegmentEncoder::operator=(SegmentEncoder&&) noexcept = default;
SegmentEncoder::~SegmentEncoder() = default;

Result<SegmentEncoder> SegmentEncoder::open(const SegmentEncoderSettings& settings) {
  if (!(settings.crf >= 0 && settings.crf <= 51)) return Error{ErrorKind::invalid, "crf must be from 0 to 51"};
  const Microseconds shortest = std::chrono::milliseconds(100);
  if (settings.keepalive < shortest || settings.keyframe_interval < settings.keepalive ||
      settings.segment_length < settings.keyframe_interval) {
    return Error{ErrorKind::invalid, "keepalive must be 100 ms or more, keyframe_interval no shorter than it, segment_length no shorter than that"};
  }
  if (!avcodec_find_encoder_by_name("libx264")) return Error{ErrorKind::unsupported, "this FFmpeg has no libx264"};
  return SegmentEncoder(settings);
}

// The held picture, and its repeats, up to `time`.
Result<void> SegmentEncoder::encode_until(SessionTime time, std::vector<Segment>& done) {
  while (shown_since_ < time) {
    const Microseconds duration = std::min(settings_.keepalive, time - shown_since_);
    TRY(part_->encode(shown_since_, duration, done));
    shown_since_ += duration;
  }
  return {};
}

Result<std::vector<Segment>> SegmentEncoder::add(const ClearedFrame& frame, SessionTime at) {
  if (finished_) return Error{ErrorKind::invalid, "the film is finished"};
  if (at < SessionTime::zero() || (part_ && at < shown_since_)) return Error{ErrorKind::invalid, "a picture is older than the one before it"};
  if (!frame.size().acceptable()) return Error{ErrorKind::invalid, "a picture has an impossible size"};
  std::vector<Segment> done;
  if (part_) TRY(encode_until(at, done));
  shown_since_ = at;
  const bool new_part = !part_ || part_->size() != frame.size();
  if (new_part) {
    if (part_) TRY(part_->cut(done));
    part_ = TRY(ffmpeg::PartEncoder::open(frame.size(), settings_, parts_++, at, done));
  }
  part_->update(frame.view(), new_part ? Region(Rect::of(frame.size())) : frame.changed());
  return done;
}

Result<std::vector<Segment>> SegmentEncoder::finish(SessionTime end) {
  if (finished_) return Error{ErrorKind::invalid, "the film is finished"};
  finished_ = true;
  std::vector<Segment> done;
  if (!part_) return done;
  TRY(encode_until(std::max(end, shown_since_ + kShortestEnd), done));
  TRY(part_->cut(done));
  return done;
}

}  // namespace frostgate::codec
