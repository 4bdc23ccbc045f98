#include "codec/ffmpeg/canvas_writer.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "codec/ffmpeg/nal_units.h"
#include "codec/ffmpeg/yuv.h"
#include "codec/segment_schedule.h"

namespace frostgate::codec::ffmpeg {
namespace {

constexpr std::uint8_t kNoColour = 128;
// Limited range (ITU-R BT.709-6 3.5).
constexpr int kBlack = 16, kWhite = 235;

struct FreeParameters {
  void operator()(AVCodecParameters* parameters) const { avcodec_parameters_free(&parameters); }
};

}  // namespace

Result<std::unique_ptr<CanvasWriter>> CanvasWriter::create(Size size, std::function<ClipStamp(SessionTime)> stamp) {
  auto encoder = TRY(H264Encoder::for_film(size, SegmentEncoderSettings().crf));
  Picture held = TRY(black_picture(size));
  return std::unique_ptr<CanvasWriter>(new CanvasWriter(size, std::move(encoder), std::move(held), std::move(stamp)));
}

Result<std::unique_ptr<Mp4File>> CanvasWriter::begin_file(const std::filesystem::path& output) const {
  const std::unique_ptr<AVCodecParameters, FreeParameters> codec(avcodec_parameters_alloc());
  if (!codec || avcodec_parameters_from_context(codec.get(), &encoder_.context()) < 0) return Error{ErrorKind::no_space, "no memory for the muxer"};
  return Mp4File::create(output, *codec);
}

Result<void> CanvasWriter::add(const AVFrame& picture, SessionTime at, Microseconds longest) {
  if (picture.format != AV_PIX_FMT_YUV420P || picture.width > size_.width || picture.height > size_.height) {
    return Error{ErrorKind::corrupt, "a stored part of the film has pictures of another kind than it says"};
  }
  if (holds_) TRY(encode(at - held_at_));
  if (Size{picture.width, picture.height} != shown_) {
    held_ = TRY(black_picture(size_));
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

Result<void> CanvasWriter::end_at(SessionTime end) {
  if (!holds_) return {};
  holds_ = false;
  return encode(std::max(end - held_at_, Microseconds(1000)));
}

Result<void> CanvasWriter::encode(Microseconds duration) {
  if (stamp_) lay_over(stamp_(held_at_));
  const SegmentEncoderSettings settings;
  const bool key = !last_key_ || held_at_ + duration - *last_key_ > settings.keyframe_interval || since_key_ >= settings.keyframe_pictures;
  if (key) {
    last_key_ = held_at_;
    since_key_ = 0;
  }
  ++since_key_;
  AVPacket* packet = TRY(encoder_.encode(*held_, held_at_ - origin_, duration, key));
  ++encoded_;
  if (!lengths_) return file_->write(*packet, kMicroseconds);
  const std::vector<std::uint8_t> bytes = with_lengths(*packet);
  const Packet own(av_packet_alloc());
  if (!own || av_new_packet(own.get(), static_cast<int>(bytes.size())) < 0) return Error{ErrorKind::no_space, "no memory for a picture"};
  std::memcpy(own->data, bytes.data(), bytes.size());
  own->pts = packet->pts;
  own->dts = packet->dts;
  own->duration = packet->duration;
  own->flags = packet->flags;
  return file_->write(*own, kMicroseconds);
}

void CanvasWriter::lay_over(const ClipStamp& stamp) {
  const int width = std::min(stamp.size.width, size_.width), height = std::min(stamp.size.height, size_.height);
  const int top = size_.height - height;
  for (int y = 0; y < height; ++y) {
    const std::uint8_t* grey = stamp.grey.data() + std::ptrdiff_t{y} * stamp.size.width;
    std::uint8_t* row = held_->data[0] + std::ptrdiff_t{top + y} * held_->linesize[0];
    for (int x = 0; x < width; ++x) row[x] = static_cast<std::uint8_t>(kBlack + grey[x] * (kWhite - kBlack) / 255);
    for (const int plane : {1, 2}) {
      std::memset(held_->data[plane] + std::ptrdiff_t{(top + y) / 2} * held_->linesize[plane], kNoColour, static_cast<std::size_t>((width + 1) / 2));
    }
  }
}

}  // namespace frostgate::codec::ffmpeg
