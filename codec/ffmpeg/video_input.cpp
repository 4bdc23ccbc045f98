#include "codec/ffmpeg/video_input.h"

#include <algorithm>
#include <utility>

namespace frostgate::codec::ffmpeg {
namespace {

// A file may claim any time; whoever keeps a picture until the next one must not be kept busy for years.
constexpr Microseconds kLongestVideo = std::chrono::hours(24 * 31);

// Within twice the longest video, so that differences of times cannot overflow.
Microseconds believable(std::int64_t time, AVRational base) {
  return std::clamp(Microseconds(av_rescale_q(time, base, kMicroseconds)), -2 * kLongestVideo, 2 * kLongestVideo);
}

// A playlist or a reference in a file could name any other file or address.
int refuse_to_open(AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) { return AVERROR(EPERM); }

Error no_video(const char* why) { return {ErrorKind::invalid, std::string("this is no video that can be read: ") + why}; }

}  // namespace

int VideoInput::read(void* self, std::uint8_t* to, int size) {
  auto& input = *static_cast<VideoInput*>(self);
  Result<std::size_t> got = input.source_->read({to, static_cast<std::size_t>(std::max(size, 0))});
  if (!got) {
    input.source_error_ = std::move(got).error();
    return AVERROR(EIO);
  }
  return *got == 0 ? AVERROR_EOF : static_cast<int>(*got);
}

std::int64_t VideoInput::seek(void* self, std::int64_t offset, int whence) {
  ByteSource& source = *static_cast<VideoInput*>(self)->source_;
  if (whence & AVSEEK_SIZE) return source.size().value_or(AVERROR(ENOSYS));
  return source.seek(offset, whence & ~AVSEEK_FORCE) ? source.position() : AVERROR(EIO);
}

Result<std::unique_ptr<VideoInput>> VideoInput::open(std::unique_ptr<ByteSource> source) {
  std::unique_ptr<VideoInput> input(new VideoInput);
  input->source_ = std::move(source);
  input->packet_.reset(av_packet_alloc());
  input->picture_.reset(av_frame_alloc());
  if (!input->packet_ || !input->picture_) return Error{ErrorKind::no_space, "no memory to read a video"};
  TRY(input->open_demuxer());
  TRY(input->open_decoder());
  return input;
}

Result<void> VideoInput::open_demuxer() {
  auto* buffer = static_cast<std::uint8_t*>(av_malloc(kIoBufferBytes));
  if (!buffer) return Error{ErrorKind::no_space, "no memory to read a video"};
  io_.reset(avio_alloc_context(buffer, kIoBufferBytes, 0, this, read, nullptr, source_->seekable() ? seek : nullptr));
  AVFormatContext* format = io_ ? avformat_alloc_context() : nullptr;
  if (!format) {
    if (!io_) av_free(buffer);
    return Error{ErrorKind::no_space, "no memory to read a video"};
  }
  format->pb = io_.get();
  format->io_open = refuse_to_open;
  format->protocol_whitelist = av_strdup("none");
  // It frees `format` itself when it fails.
  const int code = avformat_open_input(&format, nullptr, nullptr, nullptr);
  if (source_error_) {
    format_.reset(code < 0 ? nullptr : format);
    return *source_error_;
  }
  if (code < 0) return av_error(code, ErrorKind::invalid, "this is no video that can be read");
  format_.reset(format);
  if (const int found = avformat_find_stream_info(format, nullptr); found < 0) {
    return av_error(found, ErrorKind::invalid, "this is no video that can be read");
  }
  const int index = av_find_best_stream(format, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
  if (index < 0) return no_video("it has no pictures");
  stream_ = format->streams[index];
  if (stream_->disposition & AV_DISPOSITION_ATTACHED_PIC) return no_video("it has a cover picture only");
  for (unsigned i = 0; i < format->nb_streams; ++i) {
    if (format->streams[i] != stream_) format->streams[i]->discard = AVDISCARD_ALL;
  }
  // Where a format's clock starts anywhere, the video starts at its first picture; elsewhere a late start is meant.
  if ((format->iformat->flags & AVFMT_TS_DISCONT) && format->start_time != AV_NOPTS_VALUE) origin_ = believable(format->start_time, kMicroseconds);
  return {};
}

Result<void> VideoInput::open_decoder() {
  const Size size{stream_->codecpar->width, stream_->codecpar->height};
  if (!size.acceptable()) return no_video("its pictures have an impossible size");
  const AVCodec* codec = avcodec_find_decoder(stream_->codecpar->codec_id);
  if (!codec) return Error{ErrorKind::unsupported, "this FFmpeg cannot decode the video's format"};
  decoder_.reset(avcodec_alloc_context3(codec));
  if (!decoder_) return Error{ErrorKind::no_space, "no memory to read a video"};
  if (const int code = avcodec_parameters_to_context(decoder_.get(), stream_->codecpar); code < 0) {
    return av_error(code, ErrorKind::invalid, "this is no video that can be read");
  }
  decoder_->thread_count = 1;
  decoder_->pkt_timebase = stream_->time_base;
  decoder_->max_pixels = kMaxScreenPixels;
  if (const int code = avcodec_open2(decoder_.get(), codec, nullptr); code < 0) {
    return av_error(code, ErrorKind::invalid, "this is no video that can be read");
  }
  return {};
}

Result<AVPacket*> VideoInput::next_packet() {
  for (;;) {
    av_packet_unref(packet_.get());
    const int code = av_read_frame(format_.get(), packet_.get());
    if (source_error_) return *source_error_;
    if (code < 0) {
      if (code != AVERROR_EOF || packets_ < avformat_index_get_entries_count(stream_)) broken_off_ = true;
      return nullptr;
    }
    if (packet_->stream_index != stream_->index) continue;
    ++packets_;
    broken_off_ = (packet_->flags & AV_PKT_FLAG_CORRUPT) != 0;  // cut by the end of the file, when no more follow
    return packet_.get();
  }
}

Result<void> VideoInput::feed() {
  AVPacket* packet = TRY(next_packet());
  while (packet && packet->pts < begin_) packet = TRY(next_packet());
  // A damaged packet costs its picture, not the video; the decoder says so by an error that is not looked at.
  avcodec_send_packet(decoder_.get(), packet);
  return {};
}

Result<AVFrame*> VideoInput::next_picture() {
  while (!drained_) {
    const int code = avcodec_receive_frame(decoder_.get(), picture_.get());
    if (code == 0) {
      if (!Size{picture_->width, picture_->height}.acceptable()) return Error{ErrorKind::corrupt, "the video has a picture of an impossible size"};
      note_times();
      if (time_ > kLongestVideo) return Error{ErrorKind::corrupt, "the video claims to be longer than a month"};
      return picture_.get();
    }
    if (code == AVERROR_EOF) {
      drained_ = true;
    } else {
      TRY(feed());
    }
  }
  if (broken_off_ && !partial_) return Error{ErrorKind::corrupt, "the video breaks off"};
  if (time_ < SessionTime::zero()) return Error{ErrorKind::corrupt, "no picture of the video can be decoded"};
  return nullptr;
}

void VideoInput::note_times() {
  SessionTime time = time_ + std::max(duration_, Microseconds(1));
  if (picture_->best_effort_timestamp != AV_NOPTS_VALUE) {
    time = believable(picture_->best_effort_timestamp, stream_->time_base) - origin_;
  }
  time_ = std::max({time, time_ + Microseconds(1), SessionTime::zero()});
  duration_ = std::max(believable(picture_->pkt_duration, stream_->time_base), Microseconds::zero());
}

}  // namespace frostgate::codec::ffmpeg
