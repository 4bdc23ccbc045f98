// Whether a line now is what a line before became: by its pixels, or by its text. Pure.
#pragma once

#include <optional>

#include "redaction/tracking/ink_match.h"
#include "redaction/tracking/live_line.h"

namespace frostgate::redaction {

// How much of `after` may have been there before.
struct Kinship {
  bool whole = true;  // the line itself; else a stretch of it, and the rest may be another line's
  Columns shared{};   // where the stretch stands now
};

// Lines of one place, once moved: most ink of the one is still there in the other (typed on, half drawn, half wiped), or
// several of its rows (an update in pieces), or the text says so (selected, recoloured). Or only a stretch of several characters
// is (cut by a window; or two rows of a log that begin alike).
std::optional<Kinship> related(const Change& change, const LiveLine& before, const LiveLine& after);

// How far `after` is from `before`, when it is a line that went alone: nearly all of the ink or of the text is the same. Part of a
// line is not enough, since a few words are said anywhere.
std::optional<Point> way_alone(const Change& change, const LiveLine& before, const LiveLine& after);

}  // namespace frostgate::redaction
