// States whose pixels lost something on their way (a video's, those of a target that has nothing better), as the redactor reads them.
#pragma once

#include "codec/base/frame.h"
#include "codec/base/result.h"
#include "codec/base/time.h"
#include "redaction/redactor.h"

namespace frostgate::redact {

// The tiles that differ, joined in rows. Frames of other sizes differ as a whole.
Region changes(const Frame& before, FrameView after);

class LossyStates {
 public:
  // With its paper restored (redaction/lines/coding_noise.h), and as changed what differs from the state before then: a still picture changes a little each time that it is coded.
  Result<void> observe(redaction::Redactor& redactor, SessionTime at, FrameView state);

 private:
  Frame paper_;
};

}  // namespace frostgate::redact
