// One MP4 file with moov in front, under another name until it is finished.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "codec/base/result.h"
#include "codec/clip_writer.h"
#include "codec/ffmpeg/handles.h"

namespace frostgate::codec::ffmpeg {

class Mp4File {
 public:
  static Result<std::unique_ptr<Mp4File>> create(const std::filesystem::path& path, const AVCodecParameters& codec);
  // Removes what was not finished.
  ~Mp4File();

  // `packet` is lent; its times are in `base` and grow.
  Result<void> write(AVPacket& packet, AVRational base);
  // Chapters at these times of this file, the first at 0, all before `end`.
  Result<void> add_chapters(const std::vector<ClipChapter>& chapters, SessionTime end);
  // Writes the index, syncs the file and gives it its name.
  Result<void> finish();

 private:
  struct CloseFile {
    void operator()(AVIOContext* io) const { avio_closep(&io); }
  };

  explicit Mp4File(const std::filesystem::path& path);

  std::filesystem::path path_;
  std::filesystem::path unfinished_;
  std::unique_ptr<AVIOContext, CloseFile> io_;
  OutputFormat muxer_;
  AVStream* stream_ = nullptr;
};

}  // namespace frostgate::codec::ffmpeg
