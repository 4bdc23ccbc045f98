// Whether a line now is what a line before became: by its pixels, or by its text. Pure.
#pragma once

#include <optional>
#include <string>

#include "codec/base/frame.h"
#include "redaction/tracking/live_line.h"

namespace frostgate::redaction {

// Two states of the screen. What stood at a point before is looked for `by` away from it.
struct Change {
  FrameView before;
  FrameView after;
  Point by{};
};

inline Rect moved(const Rect& box, Point by) { return {box.x + by.x, box.y + by.y, box.width, box.height}; }

// How much of `after` may have been there before.
struct Kinship {
  bool whole = true;  // the line itself; else a stretch of it, and the rest may be another line's
  Columns shared{};   // where the stretch stands now
};

// Lines of one place, once moved: most ink of the one is still there in the other (typed on, half drawn, half wiped), or
// several of its rows (an update in pieces), or the text says so (selected, recoloured). Or only a stretch of several characters
// is (cut by a window; or two rows of a log that begin alike).
std::optional<Kinship> related(const Change& change, const LiveLine& before, const LiveLine& after);

// Whether ink of `line` inside `box`, which is where it stood before, is still on the screen as it was.
bool ink_remains(const Change& change, const LiveLine& line, const Rect& box);

// Whether what `after` shows where `box` stood is what is left of what was there.
bool residue(const Change& change, const Rect& box, const LiveLine& after);

// Whether `after` still shows, in that place, some of what `box` hid of `before`, as far as the text tells.
bool text_remains(const Change& change, const LiveLine& before, const Rect& box, const LiveLine& after);

// The characters of a line without spaces, those that OCR takes for each other made one.
std::u32string kin_text(const LiveLine& line);

// How far `after` is from `before`, when they share a few characters side by side: where the most ink agrees.
std::optional<Point> way_by_text(const Change& change, const LiveLine& before, const LiveLine& after);

}  // namespace frostgate::redaction
