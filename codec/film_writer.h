// Stored parts to ordinary MP4 files that any player opens: moov in front, times as they were in the session.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <vector>

#include "codec/base/geometry.h"
#include "codec/base/result.h"
#include "codec/base/segment.h"
#include "codec/base/time.h"

namespace frostgate::codec {

// One part of a film. Segments are asked for in order, one at a time, and may be asked for again: a film need not fit in memory.
struct FilmPart {
  Size size;            // as recorded, before padding to even sides
  SessionTime start{};
  SessionTime end{};    // of its last segment
  std::size_t segments = 0;  // the init segment counts, and is number 0
  std::function<Result<std::vector<std::byte>>(std::size_t number)> read;
};

// The parts of segments that are in memory, in the order SegmentEncoder gave them; the parts share them.
std::vector<FilmPart> film_parts(std::vector<Segment> segments);

// Called now and then with how much of the film is written, 0 to 1; false cancels (ErrorKind::cancelled).
using FilmProgress = std::function<bool(double done)>;

// One MP4. Parts of one size are copied without re-encoding. Parts of different sizes are decoded, put in the top left corner of a black
// canvas as wide and as high as the largest, and encoded again. Between parts the last picture stays. The file is written under
// another name in the same folder, synced and renamed; nothing is left of it after an error.
Result<void> write_film(std::span<const FilmPart> parts, const std::filesystem::path& output, const FilmProgress& progress = {});

// Each part as it is, into its own MP4: for film.mp4 film-1.mp4, film-2.mp4, ... Their times are session times too. Returns the paths.
Result<std::vector<std::filesystem::path>> write_parts(std::span<const FilmPart> parts, const std::filesystem::path& output,
                                                       const FilmProgress& progress = {});

}  // namespace frostgate::codec
