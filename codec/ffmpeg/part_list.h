// What writing a film and writing a clip of it share: opening stored parts, and how far the work is.
#pragma once

#include <algorithm>
#include <memory>
#include <span>
#include <vector>

#include "codec/ffmpeg/video_input.h"
#include "codec/film_writer.h"

namespace frostgate::codec::ffmpeg {

using PartList = std::vector<const FilmPart*>;

Result<std::unique_ptr<VideoInput>> open_part(const FilmPart& part);
// Those with pictures: a part that was left in the moment it began has an init segment only, and shows nothing. `invalid` when there is
// none, or they do not follow on each other.
Result<PartList> parts_with_pictures(std::span<const FilmPart> parts);
// Whether their pictures can stand in one track as they are.
Result<bool> all_coded_alike(const PartList& parts);
// As wide and as high as the largest, with even sides.
Size canvas_of(const PartList& parts);

// Reports how far a time is from one end to the other.
class Meter {
 public:
  Meter(SessionTime from, SessionTime to, const FilmProgress& progress) : start_(from), length_(std::max(to - from, Microseconds(1))), progress_(progress) {}
  // `cancelled` when it was told so.
  Result<void> at(SessionTime time);

 private:
  SessionTime start_;
  Microseconds length_;
  const FilmProgress& progress_;
};

}  // namespace frostgate::codec::ffmpeg
