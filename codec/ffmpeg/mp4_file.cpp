#include "codec/ffmpeg/mp4_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace frostgate::codec::ffmpeg {
namespace {

Result<void> sync(const std::filesystem::path& path, int flags) {
  const int file = ::open(path.c_str(), flags | O_CLOEXEC);
  const bool synced = file >= 0 && ::fsync(file) == 0;
  const int reason = errno;
  if (file >= 0) ::close(file);
  if (!synced) return Error{reason == ENOSPC ? ErrorKind::no_space : ErrorKind::io, path.string() + " is not on disk: " + std::strerror(reason)};
  return {};
}

std::filesystem::path folder_of(const std::filesystem::path& path) { return path.has_parent_path() ? path.parent_path() : "."; }

}  // namespace

Mp4File::Mp4File(const std::filesystem::path& path)
    : path_(path), unfinished_(folder_of(path) / ("." + path.filename().string() + "." + std::to_string(::getpid()) + ".part")) {}

Mp4File::~Mp4File() {
  std::error_code ignored;
  if (!unfinished_.empty()) std::filesystem::remove(unfinished_, ignored);
}

Result<std::unique_ptr<Mp4File>> Mp4File::create(const std::filesystem::path& path, const AVCodecParameters& codec) {
  if (!path.has_filename() || std::filesystem::is_directory(path)) return Error{ErrorKind::invalid, path.string() + " is no name for a file"};
  std::unique_ptr<Mp4File> file(new Mp4File(path));
  const std::string url = "file:" + file->unfinished_.string();
  AVIOContext* io = nullptr;
  if (const int code = avio_open(&io, url.c_str(), AVIO_FLAG_WRITE); code < 0) {
    return av_error(code, ErrorKind::io, path.string() + " cannot be written");
  }
  file->io_.reset(io);
  AVFormatContext* format = nullptr;
  // The index is put in front by reading the file again, by this name.
  if (const int code = avformat_alloc_output_context2(&format, nullptr, "mp4", url.c_str()); code < 0) {
    return av_error(code, ErrorKind::unsupported, "the MP4 muxer does not open");
  }
  file->muxer_.reset(format);
  format->pb = io;
  format->flags |= AVFMT_FLAG_BITEXACT;
  file->stream_ = avformat_new_stream(format, nullptr);
  if (!file->stream_ || avcodec_parameters_copy(file->stream_->codecpar, &codec) < 0) return Error{ErrorKind::no_space, "no memory for the muxer"};
  file->stream_->codecpar->codec_tag = 0;  // the muxer's own choice
  file->stream_->time_base = {1, 1'000'000};
  AVDictionary* options = nullptr;
  av_dict_set(&options, "movflags", "faststart", 0);
  av_dict_set(&options, "video_track_timescale", "1000000", 0);
  const int code = avformat_write_header(format, &options);
  av_dict_free(&options);
  if (code < 0) return av_error(code, ErrorKind::io, path.string() + " cannot be written");
  return file;
}

Result<void> Mp4File::write(AVPacket& packet, AVRational base) {
  packet.stream_index = 0;
  packet.pos = -1;
  av_packet_rescale_ts(&packet, base, stream_->time_base);
  if (const int code = av_write_frame(muxer_.get(), &packet); code < 0) return av_error(code, ErrorKind::io, path_.string() + " cannot be written");
  return {};
}

Result<void> Mp4File::add_chapters(const std::vector<ClipChapter>& chapters, SessionTime end) {
  const Error no_memory{ErrorKind::no_space, "no memory for the chapters"};
  // The muxer takes them from here at the end, and frees them.
  muxer_->chapters = static_cast<AVChapter**>(av_calloc(chapters.size(), sizeof(AVChapter*)));
  if (!muxer_->chapters && !chapters.empty()) return no_memory;
  for (std::size_t i = 0; i < chapters.size(); ++i) {
    auto* chapter = static_cast<AVChapter*>(av_mallocz(sizeof(AVChapter)));
    if (!chapter) return no_memory;
    muxer_->chapters[muxer_->nb_chapters++] = chapter;
    chapter->id = static_cast<std::int64_t>(i);
    chapter->time_base = kMicroseconds;
    chapter->start = chapters[i].at.count();
    chapter->end = (i + 1 < chapters.size() ? chapters[i + 1].at : end).count();
    if (av_dict_set(&chapter->metadata, "title", chapters[i].title.c_str(), 0) < 0) return no_memory;
  }
  return {};
}

Result<void> Mp4File::finish() {
  const int code = av_write_trailer(muxer_.get());
  if (code < 0) return av_error(code, ErrorKind::io, path_.string() + " cannot be written");
  muxer_.reset();
  AVIOContext* io = io_.release();
  if (const int closed = avio_closep(&io); closed < 0) return av_error(closed, ErrorKind::io, path_.string() + " cannot be written");
  TRY(sync(unfinished_, O_RDONLY));
  std::error_code error;
  std::filesystem::rename(unfinished_, path_, error);
  if (error) return Error{ErrorKind::io, path_.string() + " cannot be written: " + error.message()};
  unfinished_.clear();
  return sync(folder_of(path_), O_RDONLY | O_DIRECTORY);
}

}  // namespace frostgate::codec::ffmpeg
