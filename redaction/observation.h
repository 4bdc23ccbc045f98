// What the redactor is given of a recording.
#pragma once

#include "codec/base/frame.h"
#include "codec/base/geometry.h"
#include "codec/base/time.h"

namespace frostgate::redaction {

// One recorded state: the whole screen, and what changed since the state before. The pixels are the caller's and are
// only read during the call.
struct Observation {
  SessionTime at{};
  FrameView frame;
  Region damage;
};

}  // namespace frostgate::redaction
