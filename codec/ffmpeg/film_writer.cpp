#include "codec/film_writer.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "codec/ffmpeg/canvas_writer.h"
#include "codec/ffmpeg/mp4_file.h"
#include "codec/ffmpeg/part_list.h"

namespace frostgate::codec {
namespace {

using ffmpeg::Meter;
using ffmpeg::kMicroseconds;
using ffmpeg::PartList;

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
    const auto input = TRY(ffmpeg::open_part(*part));
    if (!file) file = TRY(ffmpeg::Mp4File::create(output, *input->stream().codecpar));
    TRY(copy_part(*part, *input, *file, meter));
  }
  return file->finish();
}

Result<void> encode_parts(const PartList& parts, const std::filesystem::path& output, Meter& meter) {
  const auto writer = TRY(ffmpeg::CanvasWriter::create(ffmpeg::canvas_of(parts)));
  const auto file = TRY(writer->begin_file(output));
  writer->write_to(*file, SessionTime(0), false);
  for (const FilmPart* part : parts) {
    const auto input = TRY(ffmpeg::open_part(*part));
    while (const AVFrame* picture = TRY(input->next_picture())) {
      TRY(meter.at(input->picture_time()));
      TRY(writer->add(*picture, input->picture_time(), part->end - input->picture_time()));
    }
  }
  TRY(writer->end());
  return file->finish();
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
  const PartList list = TRY(ffmpeg::parts_with_pictures(parts));
  Meter meter(list.front()->start, list.back()->end, progress);
  return TRY(ffmpeg::all_coded_alike(list)) ? copy_parts(list, output, meter) : encode_parts(list, output, meter);
}

Result<std::vector<std::filesystem::path>> write_parts(std::span<const FilmPart> parts, const std::filesystem::path& output,
                                                       const FilmProgress& progress) {
  const PartList list = TRY(ffmpeg::parts_with_pictures(parts));
  Meter meter(list.front()->start, list.back()->end, progress);
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
