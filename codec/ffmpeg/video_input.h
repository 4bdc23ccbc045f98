// Demuxes and decodes the video stream of a byte source. Hostile bytes; see video_reader.h.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>

#include "codec/base/frame.h"
#include "codec/base/time.h"
#include "codec/ffmpeg/byte_source.h"
#include "codec/ffmpeg/handles.h"

namespace frostgate::codec::ffmpeg {

class VideoInput {
 public:
  static Result<std::unique_ptr<VideoInput>> open(std::unique_ptr<ByteSource> source);

  const AVStream& stream() const { return *stream_; }
  const AVFormatContext& format() const { return *format_; }

  // The next packet of the video stream, valid until the next call; null at the end. Its times are in the stream's time base.
  Result<AVPacket*> next_packet();
  // Before the first picture: what comes before the key picture at this time, in the stream's time base, is not decoded.
  void begin_at(std::int64_t key) { begin_ = key; }
  // One that breaks off is otherwise an error, behind its last picture.
  void take_what_is_there() { partial_ = true; }
  // The next picture in the order of display, valid until the next call; null at the end.
  Result<AVFrame*> next_picture();
  // At the end: whether it is not that of the video.
  bool broken_off() const { return broken_off_; }

  // The times of the picture that next_picture gave: from 0, strictly growing.
  SessionTime picture_time() const { return time_; }
  Microseconds picture_duration() const { return duration_; }

 private:
  VideoInput() = default;
  Result<void> open_demuxer();
  Result<void> open_decoder();
  Result<void> feed();
  void note_times();
  static int read(void* self, std::uint8_t* to, int size);
  static std::int64_t seek(void* self, std::int64_t offset, int whence);

  std::unique_ptr<ByteSource> source_;
  std::optional<Error> source_error_;
  MemoryIo io_;
  InputFormat format_;
  AVStream* stream_ = nullptr;
  CodecContext decoder_;
  Packet packet_;
  Picture picture_;
  Microseconds origin_{};  // subtracted from the file's times
  SessionTime time_{-1};
  Microseconds duration_{};
  int packets_ = 0;
  std::int64_t begin_ = std::numeric_limits<std::int64_t>::min();
  bool broken_off_ = false;
  bool partial_ = false;
  bool drained_ = false;
};

}  // namespace frostgate::codec::ffmpeg
