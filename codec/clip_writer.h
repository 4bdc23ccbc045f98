// A span of a film as an MP4 of its own that begins with its first picture: nothing that was shown before is in the file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "codec/base/geometry.h"
#include "codec/base/result.h"
#include "codec/base/time.h"
#include "codec/film_writer.h"

namespace frostgate::codec {

// A grey picture (0 black, 255 white), laid over the lower left corner. Always of one size.
struct ClipStamp {
  Size size;
  std::vector<std::uint8_t> grey;  // size.width bytes a row
};

struct ClipChapter {
  SessionTime at{};   // of the film
  std::string title;  // UTF-8; what is longer than a player's index takes is cut
};

struct ClipSettings {
  SessionTime from{}, to{};
  std::function<ClipStamp(SessionTime at)> stamp;  // what is laid over the picture of that time; empty: nothing
  FilmProgress progress;
  std::vector<ClipChapter> chapters{};  // by time; those outside the span are left out. With any, what comes before the first is one too
};

struct ClipFacts {
  SessionTime from{}, to{};     // what it shows: the span, cut to the film's
  Size size;
  std::uint32_t encoded = 0;    // pictures that were encoded again
  std::uint32_t copied = 0;     // pictures that are the film's own
};

// `parts` as for write_film; segments outside the span may be left out, but the one that shows `from` is needed from its start. The first
// picture is what the film showed at `from`. Only what comes before the film's next key picture is encoded again, and all of it with a
// stamp or when parts differ in size (then on a black canvas as large as the largest). Errors as for write_film; `invalid` when the film
// shows nothing in the span.
Result<ClipFacts> write_clip(std::span<const FilmPart> parts, const std::filesystem::path& output, const ClipSettings& settings);

}  // namespace frostgate::codec
