// Any video file that FFmpeg reads, as frames at their times.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "codec/base/frame.h"
#include "codec/base/result.h"
#include "codec/base/time.h"

namespace frostgate::codec {

namespace ffmpeg {
class VideoInput;
}

struct VideoFrame {
  SessionTime at{};         // since the start of the video; grows from frame to frame
  Microseconds duration{};  // as the file says, or a guess; zero when there is none
  Frame frame;
};

// The file is hostile: it may name no other file or address, and pictures above Size::acceptable are refused. One thread at a time; decodes
// on the caller's thread.
class VideoReader {
 public:
  // ErrorKind::not_found or io when the file cannot be read, invalid when it is no video, corrupt when it is so short of what it says that
  // nothing can be read of it.
  static Result<VideoReader> open(const std::filesystem::path& path);
  VideoReader(VideoReader&&) noexcept;
  VideoReader& operator=(VideoReader&&) noexcept;
  ~VideoReader();

  // What the file says of itself, the right way up as its frames are; a frame may have another size, and an estimate of 0 is "unknown".
  Size size() const;
  Microseconds duration() const;
  std::int64_t frame_estimate() const;
  // Whether its codec may have changed pixels.
  bool lossy() const;

  // The next frame in the order of display, turned as the file says that it is shown; nullopt at the end. ErrorKind::corrupt when nothing of a
  // damaged file can be decoded.
  Result<std::optional<VideoFrame>> next();
  // At the end: whether the file was cut and more pictures were in it. It cannot be told of a format that says nothing of its length
  // (MPEG-TS, or a recording that was never ended) where it was cut between two pictures.
  bool cut_short() const;

 private:
  VideoReader(std::unique_ptr<ffmpeg::VideoInput> input, bool shorter);
  std::unique_ptr<ffmpeg::VideoInput> input_;
  bool shorter_ = false;  // than it says
};

}  // namespace frostgate::codec
