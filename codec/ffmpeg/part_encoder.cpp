#include "codec/ffmpeg/part_encoder.h"

#include <utility>

#include "codec/ffmpeg/yuv.h"

namespace frostgate::codec::ffmpeg {

Result<std::unique_ptr<PartEncoder>> PartEncoder::open(Size size, double crf, int number) {
  const Size padded = padded_to_even(size);
  Picture picture = TRY(black_picture(padded));
  std::unique_ptr<SegmentMuxer> first = TRY(SegmentMuxer::open(padded, crf, 1));
  return std::unique_ptr<PartEncoder>(new PartEncoder(size, crf, number, std::move(picture), std::move(first)));
}

Segment PartEncoder::init_segment(SessionTime start) const {
  Segment init;
  init.kind = SegmentKind::init;
  init.part = number_;
  init.size = size_;
  init.start = start;
  init.bytes = muxer_->header();
  return init;
}

void PartEncoder::update(FrameView frame, const Region& changed) {
  for (const Rect& rect : changed.rects()) convert(frame, rect, *picture_);
}

Result<void> PartEncoder::encode(const ScheduledPicture& scheduled, std::vector<Segment>& done) {
  if (!muxer_ || muxer_->index() != scheduled.index) {
    TRY(cut(done));
    muxer_ = TRY(SegmentMuxer::open(padded_to_even(size_), crf_, scheduled.index));
  }
  return muxer_->encode(*picture_, scheduled.at, scheduled.duration, scheduled.key);
}

Result<void> PartEncoder::cut(std::vector<Segment>& done) {
  const std::unique_ptr<SegmentMuxer> muxer = std::move(muxer_);
  if (!muxer || muxer->frames() == 0) return {};
  Segment segment = TRY(muxer->finish());
  segment.part = number_;
  segment.size = size_;
  done.push_back(std::move(segment));
  return {};
}

}  // namespace frostgate::codec::ffmpeg
