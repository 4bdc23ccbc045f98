// A picture on the screen. Pure.
#pragma once

#include <vector>

#include "codec/base/frame.h"
#include "codec/base/geometry.h"

namespace frostgate::redaction {

// Whether a picture has enough on it to be told from anything else.
bool findable(FrameView picture);

// Where `picture` stands on `frame`, exactly or so nearly that only lossy coding lies between; at most 16 places.
// Nowhere when it is not findable.
std::vector<Rect> find_picture(FrameView frame, FrameView picture);

}  // namespace frostgate::redaction
