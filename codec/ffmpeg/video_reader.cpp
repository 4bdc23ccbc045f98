#include "codec/video_reader.h"

#include <algorithm>
#include <utility>

#include "codec/ffmpeg/orientation.h"
#include "codec/ffmpeg/stated_end.h"
#include "codec/ffmpeg/video_input.h"
#include "codec/ffmpeg_messages.h"

extern "C" {
#include <libavutil/log.h>
}

namespace frostgate::codec {
namespace {

constexpr int kHighDefinition = 720;  // what says nothing of its colours is BT.709 from here on, BT.601 below

Result<Frame> to_frame(const AVFrame& picture, const ffmpeg::Orientation& orientation) {
  ffmpeg::Scaler scaler(sws_getContext(picture.width, picture.height, static_cast<AVPixelFormat>(picture.format), picture.width,
                                       picture.height, AV_PIX_FMT_BGR0, SWS_BILINEAR, nullptr, nullptr, nullptr));
  // swscale may write up to its vector width past a row, so it gets a buffer of FFmpeg's own making.
  ffmpeg::Picture target(av_frame_alloc());
  if (!scaler || !target) return Error{ErrorKind::unsupported, "the video's pixel format cannot be converted"};
  target->format = AV_PIX_FMT_BGR0;
  target->width = picture.width;
  target->height = picture.height;
  if (const int code = av_frame_get_buffer(target.get(), 0); code < 0) return ffmpeg::av_error(code, ErrorKind::no_space, "no memory for a picture");

  int space = picture.colorspace;
  if (space == AVCOL_SPC_UNSPECIFIED) space = picture.height >= kHighDefinition ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M;
  const int* weights = sws_getCoefficients(space);
  const int full_range = picture.color_range == AVCOL_RANGE_JPEG || picture.format == AV_PIX_FMT_YUVJ420P ||
                         picture.format == AV_PIX_FMT_YUVJ422P || picture.format == AV_PIX_FMT_YUVJ444P;
  sws_setColorspaceDetails(scaler.get(), weights, full_range, weights, 1, 0, 1 << 16, 1 << 16);  // fails for RGB, which needs none
  if (sws_scale(scaler.get(), picture.data, picture.linesize, 0, picture.height, target->data, target->linesize) != picture.height) {
    return Error{ErrorKind::corrupt, "a picture of the video cannot be converted"};
  }
  const FrameView view{target->data[0], {picture.width, picture.height}, target->linesize[0]};
  return orientation == ffmpeg::Orientation() ? Frame::copy_of(view) : turned(view, orientation);
}

}  // namespace

void silence_ffmpeg() { av_log_set_level(AV_LOG_QUIET); }

VideoReader::VideoReader(std::unique_ptr<ffmpeg::VideoInput> input, bool shorter) : input_(std::move(input)), shorter_(shorter) {}
VideoReader::VideoReader(VideoReader&&) noexcept = default;
VideoReader& VideoReader::operator=(VideoReader&&) noexcept = default;
VideoReader::~VideoReader() = default;

Result<VideoReader> VideoReader::open(const std::filesystem::path& path) {
  auto source = TRY(ffmpeg::FileSource::open(path));
  const std::int64_t size = source->size().value_or(0), stated = ffmpeg::stated_end(*source).value_or(size);
  auto input = ffmpeg::VideoInput::open(std::move(source));
  if (!input && size < stated && input.error().kind == ErrorKind::invalid) {
    return Error{ErrorKind::corrupt, path.string() + ": is cut short: " + std::to_string(size) + " of at least " + std::to_string(stated) +
                                         " bytes are there, and without the rest nothing of it can be read"};
  }
  if (!input) return input.error().within(path.string());
  (*input)->take_what_is_there();
  return VideoReader(std::move(input).value(), size < stated);
}

Size VideoReader::size() const {
  const AVCodecParameters& stated = *input_->stream().codecpar;
  return ffmpeg::orientation_of(input_->stream()).sideways() ? Size{stated.height, stated.width} : Size{stated.width, stated.height};
}

Microseconds VideoReader::duration() const {
  const std::int64_t duration = input_->format().duration;
  return Microseconds(duration == AV_NOPTS_VALUE ? 0 : std::max<std::int64_t>(0, duration));
}

std::int64_t VideoReader::frame_estimate() const {
  const AVStream& stream = input_->stream();
  if (stream.nb_frames > 0) return stream.nb_frames;
  return std::max<std::int64_t>(0, av_rescale(duration().count(), stream.avg_frame_rate.num,
                                              std::max<std::int64_t>(1, std::int64_t{stream.avg_frame_rate.den} * 1'000'000)));
}

bool VideoReader::lossy() const {
  const AVCodecDescriptor* codec = avcodec_descriptor_get(input_->stream().codecpar->codec_id);
  return !codec || (codec->props & AV_CODEC_PROP_LOSSY) != 0;
}

Result<std::optional<VideoFrame>> VideoReader::next() {
  const AVFrame* picture = TRY(input_->next_picture());
  if (!picture) return std::optional<VideoFrame>();
  VideoFrame frame{input_->picture_time(), input_->picture_duration(), TRY(to_frame(*picture, ffmpeg::orientation_of(input_->stream(), picture)))};
  return std::optional(std::move(frame));
}

bool VideoReader::cut_short() const { return shorter_ || input_->broken_off(); }

}  // namespace frostgate::codec
