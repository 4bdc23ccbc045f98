// How far a window reaches around something that stands in it. Pure.
#pragma once

#include "codec/base/frame.h"
#include "codec/base/geometry.h"

namespace frostgate::redaction {

// The window around its title (or whatever `inside` is): up to the straight edges beside it that go on below it, and down
// to where they end. On a side without such an edge it reaches to the screen's edge: too large rather than too small.
Rect window_around(FrameView frame, const Rect& inside);

}  // namespace frostgate::redaction
