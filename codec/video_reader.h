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
  // ErrorKind::not_found or io when the file cannot be read, invalid when it is no video.
  static Result<VideoReader> open(const std::filesystem::path& path);
  VideoReader(VideoReader&&) noexcept;
  VideoReader& operator=(VideoReader&&) noexcept;
  ~VideoReader();

  // What the file says of itself; a frame may have another size, and an estimate of 0 is "unknown".
  Size size() const;
  Microseconds duration() const;
  std::int64_t frame_estimate() const;
  // Whether its codec may have changed pixels.
  bool lossy() const;

  // The next frame in the order of display; nullopt at the end. ErrorKind::corrupt when nothing of a damaged file can be decoded or it
  // breaks off in the middle of a picture.
  Result<std::optional<VideoFrame>> next();

 private:
  explicit VideoReader(std::unique_ptr<ffmpeg::VideoInput> input);
  std::unique_ptr<ffmpeg::VideoInput> input_;
};

}  // namespace frostgate::codec
