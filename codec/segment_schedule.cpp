#include "codec/segment_schedule.h"

#include <algorithm>

namespace frostgate::codec {
namespace {

constexpr Microseconds kShortestEnd = std::chrono::milliseconds(1);

}  // namespace

Result<std::vector<ScheduledPicture>> SegmentSchedule::show(Size size, SessionTime at) {
  if (finished_) return Error{ErrorKind::invalid, "the film is finished"};
  if (at < SessionTime::zero() || (part_ >= 0 && at < shown_since_)) {
    return Error{ErrorKind::invalid, "a picture is older than the one before it"};
  }
  if (!size.acceptable()) return Error{ErrorKind::invalid, "a picture has an impossible size"};
  std::vector<ScheduledPicture> out;
  if (part_ >= 0) encode_until(at, out);
  shown_since_ = at;
  if (part_ < 0 || size != size_) {
    ++part_;
    size_ = size;
    index_ = 0;
    begun_ = false;
  }
  return out;
}

Result<std::vector<ScheduledPicture>> SegmentSchedule::finish(SessionTime end) {
  if (finished_) return Error{ErrorKind::invalid, "the film is finished"};
  finished_ = true;
  std::vector<ScheduledPicture> out;
  if (part_ >= 0) encode_until(std::max(end, shown_since_ + kShortestEnd), out);
  return out;
}

// The picture shown last, and its repeats, up to `time`.
void SegmentSchedule::encode_until(SessionTime time, std::vector<ScheduledPicture>& out) {
  for (bool repeated = false; shown_since_ < time; repeated = true) {
    const Microseconds duration = std::min(settings_.keepalive, time - shown_since_);
    const SessionTime end = shown_since_ + duration;
    if (begun_ && end - segment_start_ > settings_.segment_length) begun_ = false;
    const bool key = !begun_ || end - last_key_ > settings_.keyframe_interval || (!repeated && since_key_ >= settings_.keyframe_pictures);
    if (!begun_) {
      segment_start_ = shown_since_;
      ++index_;
      begun_ = true;
    }
    if (key) {
      last_key_ = shown_since_;
      since_key_ = 0;
    }
    if (!repeated) ++since_key_;
    out.push_back({shown_since_, duration, part_, index_, key});
    shown_since_ = end;
  }
}

}  // namespace frostgate::codec
