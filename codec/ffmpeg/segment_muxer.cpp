#include "codec/ffmpeg/segment_muxer.h"

#include <new>
#include <utility>

namespace frostgate::codec::ffmpeg {
namespace {

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

Result<std::unique_ptr<SegmentMuxer>> SegmentMuxer::open(Size size, double crf, int index) {
  H264Encoder encoder = TRY(H264Encoder::for_film(size, crf));
  std::unique_ptr<SegmentMuxer> segment(new SegmentMuxer(std::move(encoder)));
  segment->segment_.kind = SegmentKind::media;
  segment->segment_.index = index;
  TRY(segment->open_muxer());
  return segment;
}

Result<void> SegmentMuxer::open_muxer() {
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
  // frag_discont: the fragment carries session times although this muxer has seen none before it.
  av_dict_set(&options, "movflags", "frag_custom+empty_moov+default_base_moof+skip_trailer+frag_discont", 0);
  av_dict_set(&options, "use_editlist", "0", 0);
  av_dict_set(&options, "video_track_timescale", "1000000", 0);
  av_dict_set_int(&options, "fragment_index", segment_.index, 0);
  const int code = avformat_write_header(muxer_.get(), &options);
  av_dict_free(&options);
  if (code < 0) return av_error(code, ErrorKind::io, "the MP4 muxer refuses the part");
  avio_flush(io_.get());
  header_ = std::exchange(written_, {});
  return {};
}

Result<void> SegmentMuxer::encode(AVFrame& picture, SessionTime at, Microseconds duration, bool key) {
  AVPacket* packet = TRY(encoder_.encode(picture, at, duration, key));
  if (const int code = av_write_frame(muxer_.get(), packet); code < 0) {
    return av_error(code, ErrorKind::io, "the MP4 muxer refuses a picture");
  }
  if (segment_.frames == 0) segment_.start = at;
  segment_.duration = at + duration - segment_.start;
  ++segment_.frames;
  return {};
}

Result<Segment> SegmentMuxer::finish() {
  const int code = av_write_frame(muxer_.get(), nullptr);  // frag_custom: ends the fragment
  avio_flush(io_.get());
  if (code < 0 || io_->error < 0) return av_error(code < 0 ? code : io_->error, ErrorKind::io, "the MP4 muxer does not end a segment");
  segment_.bytes = std::move(written_);
  return std::move(segment_);
}

}  // namespace frostgate::codec::ffmpeg
