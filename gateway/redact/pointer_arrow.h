// The pointer as the film shows it.
#pragma once

#include "codec/base/frame.h"
#include "codec/base/geometry.h"

namespace frostgate::redact {

// Draws an arrow whose tip is at `position` into `frame` (marked while a button is down); the pixels it touched.
Rect draw_pointer(Frame& frame, Point position, bool pressed);

}  // namespace frostgate::redact
