#include "codec/clip_writer.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "codec/ffmpeg/canvas_writer.h"
#include "codec/ffmpeg/mp4_file.h"
#include "codec/ffmpeg/nal_units.h"
#include "codec/ffmpeg/part_list.h"

namespace frostgate::codec {
namespace {

using ffmpeg::kMicroseconds;
using ffmpeg::PartList;

// Of the last key picture that is shown at `time` or before, in the stream's time base; of the first one when all are later.
Result<std::int64_t> last_key_before(const FilmPart& part, SessionTime time) {
  const auto input = TRY(ffmpeg::open_part(part));
  std::optional<std::int64_t> out;
  while (const AVPacket* packet = TRY(input->next_packet())) {
    const SessionTime at(av_rescale_q(packet->pts, input->stream().time_base, kMicroseconds));
    if (out && at > time) break;
    if ((packet->flags & AV_PKT_FLAG_KEY) != 0) out = packet->pts;
  }
  if (!out) return Error{ErrorKind::corrupt, "a stored part of the film has no key picture"};
  return *out;
}

class ClipWriter {
 public:
  ClipWriter(PartList parts, SessionTime from, SessionTime to, const ClipSettings& settings, const std::filesystem::path& output)
      : parts_(std::move(parts)), from_(from), to_(to), settings_(settings), output_(output), meter_(from, to, settings.progress) {}

  Result<ClipFacts> write() {
    facts_.from = from_;
    facts_.to = to_;
    facts_.size = ffmpeg::canvas_of(parts_);
    writer_ = TRY(ffmpeg::CanvasWriter::create(facts_.size, settings_.stamp));
    const std::optional<SessionTime> key = TRY(first_usable_key());
    if (key) TRY(copy_from(*key));
    else TRY(encode_all());
    facts_.encoded = writer_->encoded();
    return facts_;
  }

 private:
  // The first key picture from which on the film's own pictures can be taken; nothing when all must be encoded again.
  Result<std::optional<SessionTime>> first_usable_key() {
    const std::optional<SessionTime> none;
    if (settings_.stamp) return none;
    const bool alike = TRY(ffmpeg::all_coded_alike(parts_));
    if (!alike) return none;
    for (const FilmPart* part : parts_) {
      const auto input = TRY(ffmpeg::open_part(*part));
      if (!ffmpeg::same_parameter_sets(writer_->encoder(), *input->stream().codecpar)) return none;
      while (const AVPacket* packet = TRY(input->next_packet())) {
        const SessionTime at(av_rescale_q(packet->pts, input->stream().time_base, kMicroseconds));
        if (at >= to_) return none;
        if (at >= from_ && (packet->flags & AV_PKT_FLAG_KEY) != 0) return std::optional(at);
      }
    }
    return none;
  }

  Result<void> encode_all() {
    const auto file = TRY(writer_->begin_file(output_));
    writer_->write_to(*file, from_, false);
    TRY(encode_until(to_));
    return finish(*file);
  }

  Result<void> finish(ffmpeg::Mp4File& file) const {
    TRY(file.add_chapters(chapters_within(), to_ - from_));
    return file.finish();
  }

  // In the clip's times, one at each.
  std::vector<ClipChapter> chapters_within() const {
    std::vector<ClipChapter> out;
    for (const ClipChapter& chapter : settings_.chapters) {
      if (chapter.at < from_ || chapter.at >= to_) continue;
      if (out.empty() && chapter.at > from_) out.push_back({SessionTime(0), "Beginning"});
      if (!out.empty() && out.back().at == chapter.at - from_) out.back().title += "; " + chapter.title;
      else out.push_back({chapter.at - from_, chapter.title});
    }
    for (ClipChapter& chapter : out) cut_title(chapter.title);
    return out;
  }

  // A player's index (Nero's `chpl`) has one byte for a title's length; no character is cut through.
  static void cut_title(std::string& title) {
    constexpr std::size_t kLongest = 255;
    if (title.size() <= kLongest) return;
    std::size_t end = kLongest;
    while (end > 0 && (static_cast<unsigned char>(title[end]) & 0xC0) == 0x80) --end;
    title.resize(end);
  }

  Result<void> copy_from(SessionTime key) {
    std::unique_ptr<ffmpeg::Mp4File> file;
    for (const FilmPart* part : parts_) {
      const auto input = TRY(ffmpeg::open_part(*part));
      if (!file) {
        file = TRY(ffmpeg::Mp4File::create(output_, *input->stream().codecpar));
        writer_->write_to(*file, from_, true);
        if (key > from_) TRY(encode_until(key));
      }
      TRY(copy_part(*part, *input, key, *file));
    }
    return finish(*file);
  }

  Result<void> copy_part(const FilmPart& part, ffmpeg::VideoInput& input, SessionTime key, ffmpeg::Mp4File& file) {
    while (AVPacket* packet = TRY(input.next_packet())) {
      av_packet_rescale_ts(packet, input.stream().time_base, kMicroseconds);
      const SessionTime at(packet->pts);
      if (at >= to_) break;
      if (at < key) continue;
      TRY(meter_.at(at));
      // The muxer believes only the last one's duration, the others end where the next begins.
      packet->duration = std::max<std::int64_t>((std::min(part.end, to_) - at).count(), 1);
      packet->pts = packet->dts = (at - from_).count();
      TRY(file.write(*packet, kMicroseconds));
      ++facts_.copied;
    }
    return {};
  }

  // What the film shows from `from_` on, as pictures that depend on none before.
  Result<void> encode_until(SessionTime until) {
    ffmpeg::Picture shown;  // at `from_`
    for (const FilmPart* part : parts_) {
      const auto input = TRY(ffmpeg::open_part(*part));
      // Hours of film before the span need not be decoded.
      const std::int64_t key = TRY(last_key_before(*part, from_));
      input->begin_at(key);
      while (const AVFrame* picture = TRY(input->next_picture())) {
        const SessionTime at = input->picture_time();
        if (at >= until) break;
        if (at <= from_) {
          shown.reset(av_frame_clone(picture));
          if (!shown) return Error{ErrorKind::no_space, "no memory for a picture"};
          continue;
        }
        TRY(meter_.at(at));
        TRY(begin_with(shown));
        TRY(writer_->add(*picture, at, part->end - at));
      }
    }
    TRY(begin_with(shown));
    return writer_->end_at(until);
  }

  Result<void> begin_with(ffmpeg::Picture& shown) {
    if (!shown) return {};
    TRY(writer_->add(*shown, from_, Microseconds(1)));
    shown.reset();
    return {};
  }

  PartList parts_;
  SessionTime from_, to_;
  const ClipSettings& settings_;
  const std::filesystem::path& output_;
  ffmpeg::Meter meter_;
  std::unique_ptr<ffmpeg::CanvasWriter> writer_;
  ClipFacts facts_;
};

// When the first picture is shown.
Result<SessionTime> first_picture(const FilmPart& part) {
  const auto input = TRY(ffmpeg::open_part(part));
  const AVPacket* packet = TRY(input->next_packet());
  if (!packet) return Error{ErrorKind::corrupt, "a stored part of the film has no picture"};
  return SessionTime(av_rescale_q(packet->pts, input->stream().time_base, kMicroseconds));
}

}  // namespace

Result<ClipFacts> write_clip(std::span<const FilmPart> parts, const std::filesystem::path& output, const ClipSettings& settings) {
  PartList list = TRY(ffmpeg::parts_with_pictures(parts));
  // Where the film has a hole, the picture before it stays: a part counts until the next one begins.
  std::erase_if(list, [&, all = list](const FilmPart* part) {
    const auto next = std::upper_bound(all.begin(), all.end(), part, [](auto a, auto b) { return a->start < b->start; });
    const SessionTime end = next == all.end() ? part->end : (*next)->start;
    return end <= settings.from || part->start >= settings.to;
  });
  const Error nothing{ErrorKind::invalid, "the film shows nothing in that span"};
  if (settings.to <= settings.from || list.empty()) return nothing;
  const SessionTime begins = TRY(first_picture(*list.front()));
  const SessionTime from = std::max(settings.from, begins), to = std::min(settings.to, std::max(list.back()->end, from + Microseconds(1000)));
  if (to <= from) return nothing;
  return ClipWriter(std::move(list), from, to, settings, output).write();
}

}  // namespace frostgate::codec
