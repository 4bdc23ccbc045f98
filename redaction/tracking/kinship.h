// Whether a line now is what a line before became: by its pixels, or by its text. Pure.
#pragma once

#include <string>

#include "codec/base/frame.h"
#include "redaction/tracking/live_line.h"

namespace frostgate::redaction {

// Two states of the screen, of one size.
struct Change {
  FrameView before;
  FrameView after;
};

// Lines of one place: most ink of the one is still there in the other (typed on, half drawn, half wiped), or the text
// says so (selected, recoloured).
bool related(const Change& change, const LiveLine& before, const LiveLine& after);

// Whether ink of `line` inside `box` is still on the screen as it was.
bool ink_remains(const Change& change, const LiveLine& line, const Rect& box);

// Whether `after` still shows some of what `box` hid of `before`, as far as the text tells.
bool text_remains(const LiveLine& before, const Rect& box, const LiveLine& after);

}  // namespace frostgate::redaction
