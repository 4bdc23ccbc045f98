// The second pass: cleared pictures with the pointer drawn in, encoded, and handed to serve. One thread.
#pragma once

#include <optional>
#include <vector>

#include "codec/base/frame.h"
#include "codec/base/result.h"
#include "codec/segment_encoder.h"
#include "gateway/redact/recording_passes.h"
#include "gateway/redact/serve_link.h"
#include "gateway/redact/stage_clock.h"
#include "redaction/renderer.h"

namespace frostgate::redact {

class FilmPass {
 public:
  // `serve` and `clock` outlive it.
  FilmPass(ServeLink& serve, redaction::RedactionPlan plan, codec::SegmentEncoder encoder, StageClock& clock)
      : serve_(serve), renderer_(std::move(plan)), encoder_(std::move(encoder)), clock_(clock) {}

  Result<void> state(const RecordedState& state);
  Result<void> pointer(const RecordedPointer& moved);
  Result<void> finish(SessionTime end);

  const redaction::RedactionPlan& plan() const { return renderer_.plan(); }

 private:
  Result<void> show(SessionTime at);

  ServeLink& serve_;
  redaction::Renderer renderer_;
  codec::SegmentEncoder encoder_;
  StageClock& clock_;
  FrameView screen_;  // the decoder's, valid until the next state
  Frame canvas_;
  Region canvas_changed_;
  Rect arrow_;
  std::optional<PointerMoved> pointer_;
  std::optional<SessionTime> shown_at_;
};

}  // namespace frostgate::redact
