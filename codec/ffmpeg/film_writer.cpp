#include "codec/film_writer.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "codec/ffmpeg/h264_encoder.h"
#include "codec/ffmpeg/mp4_file.h"
#include "codec/ffmpeg/video_input.h"
#include "codec/ffmpeg/yuv.h"
#include "codec/segment_encoder.h"

namespace frostgate::codec {
namespace {

using PartList = std::vector<const FilmPart*>;
constexpr AVRational kMicroseconds{1, 1'000'000};

Result<std::unique_ptr<ffmpeg::VideoInput>> open_part(const FilmPart& part) {
  auto input = ffmpeg::VideoInput::open(std::make_unique<ffmpeg::PartSource>(part));
  if (!input) return Error{ErrorKind::corrupt, input.error().message}.within("a stored part of the film");
  return input;
}

// A part that was left in the moment it began has an init segment only, and shows nothing.
Result<PartList> parts_with_pictures(std::span<const FilmPart> parts) {
  PartList list;
  for (const FilmPart& part : parts) {
    if (part.segments < 2) continue;
    if (!part.size.acceptable() || part.end < part.start || (!list.empty() && part.start < list.back()->end)) {
      return Error{ErrorKind::invalid, "the parts of the film do not follow on each other"};
    }
    list.push_back(&part);
  }
  if (list.empty()) return Error{ErrorKind::invalid, "the film has no pictures"};
  return list;
}

// Reports how far `at` is from the first part's start to the last part's end.
class Meter {
 public:
  Meter(const PartList& parts, const FilmProgress& progress)
      : start_(parts.front()->start), length_(std::max(parts.back()->end - start_, Microseconds(1))), progress_(progress) {}

  Result<void> at(SessionTime time) {
    const double done = std::clamp(static_cast<double>((time - start_).count()) / static_cast<double>(length_.count()), 0.0, 1.0);
    if (progress_ && !progress_(done)) return Error{ErrorKind::cancelled, "writing the film was cancelled"};
    return {};
  }

 private:
  SessionTime start_;
  Microseconds length_;
  const FilmProgress& progress_;
};

bool same_coding(const AVCodecParameters& a, const AVCodecParameters& b) {
  return a.codec_id == b.codec_id && a.width == b.width && a.height == b.height && a.extradata_size == b.extradata_size &&
         std::memcmp(a.extradata, b.extradata, static_cast<std::size_t>(a.extradata_size)) == 0;
}

Result<bool> all_coded_alike(const PartList& parts) {
  const auto first = TRY(open_part(*parts.front()));
  for (const FilmPart* part : std::span(parts).subspan(1)) {
    if (ffmpeg::padded_to_even(part->size) != ffmpeg::padded_to_even(parts.front()->size)) return false;
    const auto other = TRY(open_part(*part));
    if (!same_coding(*first->stream().codecpar, *other->stream().codecpar)) return false;
  }
  return true;
}

Result<void> copy_part(const FilmPart& part, ffmpeg::VideoInput& input, ffmpeg::Mp4File& file, Meter& meter) {
  while (AVPacket* packet = TRY(input.next_packet())) {
    av_packet_rescale_ts(packet, input.stream().time_base, kMicroseconds);
    TRY(meter.at(Microseconds(packet->pts)));
    // A demuxer guesses the duration of a fragment's last packet. The muxer believes only the film's last one, the others end
    // where the next begins.
    packet->duration = std::max<std::int64_t>(part.end.count() - packet->pts, 1);
    TRY(file.write(*packet, kMicroseconds));
  }
  return {};
}

Result<void> copy_parts(const PartList& parts, const std::filesystem::path& output, Meter& meter) {
  std::unique_ptr<ffmpeg::Mp4File> file;
  for (const FilmPart* part : parts) {
    const auto input = TRY(open_part(*part));
    if (!file) file = TRY(ffmpeg::Mp4File::create(output, *input->stream().codecpar));
    TRY(copy_part(*part, *input, *file, meter));
  }
  return file->finish();
}

// Encodes one picture late, because only the next one tells how long a picture lasts.
class CanvasWriter {
 public:
  static Result<std::unique_ptr<CanvasWriter>> create(Size size, const std::filesystem::path& output) {
    auto encoder = TRY(ffmpeg::H264Encoder::open(size, SegmentEncoderSettings().crf));
    ffmpeg::Picture held = TRY(ffmpeg::black_picture(size));
    std::unique_ptr<AVCodecParameters, FreeParameters> codec(avcodec_parameters_alloc());
    if (!codec || avcodec_parameters_from_context(codec.get(), &encoder.context()) < 0) return Error{ErrorKind::no_space, "no memory for the muxer"};
    auto file = TRY(ffmpeg::Mp4File::create(output, *codec));
    return std::unique_ptr<CanvasWriter>(new CanvasWriter(size, std::move(encoder), std::move(held), std::move(file)));
  }

  // `longest` is how long the picture lasts when no other follows.
  Result<void> add(const AVFrame& picture, SessionTime at, Microseconds longest) {
    if (picture.format != AV_PIX_FMT_YUV420P || picture.width > size_.width || picture.height > size_.height) {
      return Error{ErrorKind::corrupt, "a stored part of the film has pictures of another kind than it says"};
    }
    if (holds_) TRY(encode(at - held_at_));
    if (Size{picture.width, picture.height} != shown_) {
      held_ = TRY(ffmpeg::black_picture(size_));
      shown_ = {picture.width, picture.height};
    }
    for (int plane = 0; plane < 3; ++plane) {
      const int width = plane == 0 ? picture.width : picture.width / 2;
      const int height = plane == 0 ? picture.height : picture.height / 2;
      for (int y = 0; y < height; ++y) {
        std::memcpy(held_->data[plane] + std::ptrdiff_t{y} * held_->linesize[plane],
                    picture.data[plane] + std::ptrdiff_t{y} * picture.linesize[plane], static_cast<std::size_t>(width));
      }
    }
    holds_ = true;
    held_at_ = at;
    held_duration_ = longest;
    return {};
  }

  Result<void> finish() {
    if (holds_) TRY(encode(std::max(held_duration_, Microseconds(1000))));
    return file_->finish();
  }

 private:
  struct FreeParameters {
    void operator()(AVCodecParameters* parameters) const { avcodec_parameters_free(&parameters); }
  };

  CanvasWriter(Size size, ffmpeg::H264Encoder encoder, ffmpeg::Picture held, std::unique_ptr<ffmpeg::Mp4File> file)
      : size_(size), encoder_(std::move(encoder)), held_(std::move(held)), file_(std::move(file)) {}

  Result<void> encode(Microseconds duration) {
    const bool key = !last_key_ || held_at_ + duration - *last_key_ > SegmentEncoderSettings().keyframe_interval;
    if (key) last_key_ = held_at_;
    AVPacket* packet = TRY(encoder_.encode(*held_, held_at_, duration, key));
    return file_->write(*packet, kMicroseconds);
  }

  Size size_;
  ffmpeg::H264Encoder encoder_;
  ffmpeg::Picture held_;
  std::unique_ptr<ffmpeg::Mp4File> file_;
  Size shown_;
  bool holds_ = false;
  SessionTime held_at_{};
  Microseconds held_duration_{};
  std::optional<SessionTime> last_key_;
};

Result<void> encode_parts(const PartList& parts, const std::filesystem::path& output, Meter& meter) {
  Size canvas;
  for (const FilmPart* part : parts) {
    canvas.width = std::max(canvas.width, part->size.width);
    canvas.height = std::max(canvas.height, part->size.height);
  }
  const auto writer = TRY(CanvasWriter::create(ffmpeg::padded_to_even(canvas), output));
  for (const FilmPart* part : parts) {
    const auto input = TRY(open_part(*part));
    while (const AVFrame* picture = TRY(input->next_picture())) {
      TRY(meter.at(input->picture_time()));
      TRY(writer->add(*picture, input->picture_time(), part->end - input->picture_time()));
    }
  }
  return writer->finish();
}

}  // namespace

std::vector<FilmPart> film_parts(std::vector<Segment> segments) {
  const auto shared = std::make_shared<const std::vector<Segment>>(std::move(segments));
  std::vector<FilmPart> parts;
  for (std::size_t i = 0; i < shared->size(); ++i) {
    const Segment& segment = (*shared)[i];
    if (segment.kind == SegmentKind::init) {
      FilmPart part{segment.size, segment.start, segment.start, 0, {}};
      part.read = [shared, i](std::size_t number) -> Result<std::vector<std::byte>> { return shared->at(i + number).bytes; };
      parts.push_back(std::move(part));
    }
    if (parts.empty()) continue;  // media without an init segment cannot be played
    ++parts.back().segments;
    parts.back().end = segment.start + segment.duration;
  }
  return parts;
}

Result<void> write_film(std::span<const FilmPart> parts, const std::filesystem::path& output, const FilmProgress& progress) {
  const PartList list = TRY(parts_with_pictures(parts));
  Meter meter(list, progress);
  return TRY(all_coded_alike(list)) ? copy_parts(list, output, meter) : encode_parts(list, output, meter);
}

Result<std::vector<std::filesystem::path>> write_parts(std::span<const FilmPart> parts, const std::filesystem::path& output,
                                                       const FilmProgress& progress) {
  const PartList list = TRY(parts_with_pictures(parts));
  Meter meter(list, progress);
  std::vector<std::filesystem::path> paths;
  for (const FilmPart* part : list) {
    std::filesystem::path path = output;
    path.replace_filename(output.stem().string() + "-" + std::to_string(paths.size() + 1) + output.extension().string());
    TRY(copy_parts({part}, path, meter));
    paths.push_back(std::move(path));
  }
  return paths;
}

}  // namespace frostgate::codec
