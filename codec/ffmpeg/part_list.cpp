#include "codec/ffmpeg/part_list.h"

#include <algorithm>
#include <cstring>

#include "codec/ffmpeg/yuv.h"

namespace frostgate::codec::ffmpeg {
namespace {

bool same_coding(const AVCodecParameters& a, const AVCodecParameters& b) {
  return a.codec_id == b.codec_id && a.width == b.width && a.height == b.height && a.extradata_size == b.extradata_size &&
         std::memcmp(a.extradata, b.extradata, static_cast<std::size_t>(a.extradata_size)) == 0;
}

}  // namespace

Result<std::unique_ptr<VideoInput>> open_part(const FilmPart& part) {
  auto input = VideoInput::open(std::make_unique<PartSource>(part));
  if (!input) return Error{ErrorKind::corrupt, input.error().message}.within("a stored part of the film");
  return input;
}

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

Result<bool> all_coded_alike(const PartList& parts) {
  const auto first = TRY(open_part(*parts.front()));
  for (const FilmPart* part : std::span(parts).subspan(1)) {
    if (padded_to_even(part->size) != padded_to_even(parts.front()->size)) return false;
    const auto other = TRY(open_part(*part));
    if (!same_coding(*first->stream().codecpar, *other->stream().codecpar)) return false;
  }
  return true;
}

Size canvas_of(const PartList& parts) {
  Size canvas;
  for (const FilmPart* part : parts) {
    canvas.width = std::max(canvas.width, part->size.width);
    canvas.height = std::max(canvas.height, part->size.height);
  }
  return padded_to_even(canvas);
}

Result<void> Meter::at(SessionTime time) {
  const double done = std::clamp(static_cast<double>((time - start_).count()) / static_cast<double>(length_.count()), 0.0, 1.0);
  if (progress_ && !progress_(done)) return Error{ErrorKind::cancelled, "writing the film was cancelled"};
  return {};
}

}  // namespace frostgate::codec::ffmpeg
