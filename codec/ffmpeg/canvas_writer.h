// Encodes pictures of any sizes onto one canvas, into an MP4 that somebody else began.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "codec/clip_writer.h"
#include "codec/ffmpeg/h264_encoder.h"
#include "codec/ffmpeg/mp4_file.h"

namespace frostgate::codec::ffmpeg {

// Encodes one picture late, because only the next one tells how long a picture lasts.
class CanvasWriter {
 public:
  // `size` has even sides. `stamp` may be empty.
  static Result<std::unique_ptr<CanvasWriter>> create(Size size, std::function<ClipStamp(SessionTime)> stamp = {});

  const AVCodecContext& encoder() const { return encoder_.context(); }
  // As the muxer wants the encoder described.
  Result<std::unique_ptr<Mp4File>> begin_file(const std::filesystem::path& output) const;
  // Call it before the first picture. Times in the file are session times less `origin`. `lengths`: the file describes its pictures as another MP4 did (see nal_units.h). `file` outlives this.
  void write_to(Mp4File& file, SessionTime origin, bool lengths) { file_ = &file, origin_ = origin, lengths_ = lengths; }

  // `longest` is how long the picture lasts when no other follows.
  Result<void> add(const AVFrame& picture, SessionTime at, Microseconds longest);
  // The last picture lasts until `end`, at least 1 ms.
  Result<void> end_at(SessionTime end);
  Result<void> end() { return end_at(held_at_ + held_duration_); }

  std::uint32_t encoded() const { return encoded_; }

 private:
  CanvasWriter(Size size, H264Encoder encoder, Picture held, std::function<ClipStamp(SessionTime)> stamp)
      : size_(size), encoder_(std::move(encoder)), held_(std::move(held)), stamp_(std::move(stamp)) {}
  Result<void> encode(Microseconds duration);
  void lay_over(const ClipStamp& stamp);

  Size size_;
  H264Encoder encoder_;
  Picture held_;
  std::function<ClipStamp(SessionTime)> stamp_;
  Mp4File* file_ = nullptr;
  SessionTime origin_{};
  bool lengths_ = false;
  Size shown_;
  bool holds_ = false;
  SessionTime held_at_{};
  Microseconds held_duration_{};
  std::optional<SessionTime> last_key_;
  int since_key_ = 0;
  std::uint32_t encoded_ = 0;
};

}  // namespace frostgate::codec::ffmpeg
