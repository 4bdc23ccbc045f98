#include "codec/ffmpeg/part_encoder.h"

#include <new>
#include <utility>

#include "codec/ffmpeg/yuv.h"

namespace frostgate::codec::ffmpeg {
namespace {

constexpr int kIoBufferBytes = 1 << 16;

int append(void* to, std::uint8_t* bytes, int size) {
  auto& written = *static_cast<std::vector<std::byte>*>(to);
  const auto* first = reinterpret_cast<const std::byte*>(bytes);
  try {
    written.insert(written.end(), first, first + size);
  } catch (const std::bad_alloc&) {
    return AVERROR(ENOMEM);  // no exception may pass through C
  }
  return size;
}

}  // namespace

Result<std::unique_ptr<PartEncoder>> PartEncoder::open(Size size, const SegmentEncoderSettings& settings, int number,
                                                       SessionTime start, std::vector<Segment>& done) {
  const Size padded = padded_to_even(size);
  H264Encoder encoder = TRY(H264Encoder::open(padded, settings.crf));
  Picture picture = TRY(black_picture(padded));
  std::unique_ptr<PartEncoder> part(new PartEncoder(size, settings, number, std::move(encoder), std::move(picture)));
  TRY(part->open_muxer(start, done));
  return part;
}

Result<void> PartEncoder::open_muxer(SessionTime start, std::vector<Segment>& done) {
  auto* buffer = static_cast<std::uint8_t*>(av_malloc(kIoBufferBytes));
  if (!buffer) return Error{ErrorKind::no_space, "no memory for the muxer"};
  io_.reset(avio_alloc_context(buffer, kIoBufferBytes, 1, &written_, nullptr, append, nullptr));
  if (!io_) {
    av_free(buffer);
    return Error{ErrorKind::no_space, "no memory for the muxer"};
  }
  AVFormatContext* format = nullptr;
  if (const int code = avformat_alloc_output_context2(&format, nullptr, "mp4", nullptr); code < 0) {
    return av_error(code, ErrorKind::unsupported, "the MP4 muxer does not open");
  }
  muxer_.reset(format);
  muxer_->pb = io_.get();
  muxer_->flags |= AVFMT_FLAG_CUSTOM_IO | AVFMT_FLAG_BITEXACT;
  muxer_->avoid_negative_ts = AVFMT_AVOID_NEG_TS_DISABLED;  // it would move the part's start to 0
  AVStream* stream = avformat_new_stream(muxer_.get(), nullptr);
  if (!stream) return Error{ErrorKind::no_space, "no memory for the muxer"};
  stream->time_base = encoder_.context().time_base;
  avcodec_parameters_from_context(stream->codecpar, &encoder_.context());

  AVDictionary* options = nullptr;
  // frag_discont: fragments carry session times, also the first of a part that starts late.
  av_dict_set(&options, "movflags", "frag_custom+empty_moov+default_base_moof+skip_trailer+frag_discont", 0);
  av_dict_set(&options, "use_editlist", "0", 0);
  av_dict_set(&options, "video_track_timescale", "1000000", 0);
  const int code = avformat_write_header(muxer_.get(), &options);
  av_dict_free(&options);
  if (code < 0) return av_error(code, ErrorKind::io, "the MP4 muxer refuses the part");
  avio_flush(io_.get());

  Segment init;
  init.kind = SegmentKind::init;
  init.part = number_;
  init.size = size_;
  init.start = start;
  init.bytes = std::exchange(written_, {});
  done.push_back(std::move(init));
  return {};
}

void PartEncoder::update(FrameView frame, const Region& changed) {
  for (const Rect& rect : changed.rects()) convert(frame, rect, *picture_);
}

Result<void> PartEncoder::encode(SessionTime at, Microseconds duration, std::vector<Segment>& done) {
  if (running_.frames > 0 && at + duration - running_.start > settings_.segment_length) TRY(cut(done));
  const bool first = running_.frames == 0;
  const bool key = first || at + duration - last_key_ > settings_.keyframe_interval;
  if (key) last_key_ = at;
  if (first) running_.start = at;
  AVPacket* packet = TRY(encoder_.encode(*picture_, at, duration, key));
  if (const int code = av_write_frame(muxer_.get(), packet); code < 0) {
    return av_error(code, ErrorKind::io, "the MP4 muxer refuses a picture");
  }
  running_.duration = at + duration - running_.start;
  ++running_.frames;
  return {};
}

Result<void> PartEncoder::flush_muxer() {
  const int code = av_write_frame(muxer_.get(), nullptr);  // frag_custom: ends the fragment
  avio_flush(io_.get());
  if (code < 0 || io_->error < 0) return av_error(code < 0 ? code : io_->error, ErrorKind::io, "the MP4 muxer does not end a segment");
  return {};
}

Result<void> PartEncoder::cut(std::vector<Segment>& done) {
  if (running_.frames == 0) return {};
  TRY(flush_muxer());
  running_.kind = SegmentKind::media;
  running_.part = number_;
  running_.index = ++segments_;
  running_.size = size_;
  running_.bytes = std::exchange(written_, {});
  done.push_back(std::exchange(running_, {}));
  return {};
}

}  // namespace frostgate::codec::ffmpeg
