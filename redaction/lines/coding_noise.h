// What a lossy video codec leaves around type: ringing in the paper's pixels, which is ink to all that looks for exact paper. Pure.
#pragma once

#include "codec/base/frame.h"

namespace frostgate::redaction {

// The picture with its paper restored: what differs from a plain colour of its neighbourhood by no more than rounding has that colour, and
// beside type what differs by no more than ringing does. Type so faint is lost where it stands beside stronger type, and nowhere else. For
// reading only: boxes drawn on it fit the picture itself, which is what is shown.
Frame without_coding_noise(FrameView frame);

}  // namespace frostgate::redaction
