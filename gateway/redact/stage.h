// What a film shows before it is covered: the screen with the pointer on it, and when it is shown anew. The times are a function of
// the journal alone.
#pragma once

#include <optional>

#include "codec/base/cleared_frame.h"
#include "codec/base/frame.h"
#include "gateway/redact/journal_player.h"

namespace frostgate::redact {

class Stage {
 public:
  Stage() = default;
  // As it was when the picture at `at` was shown.
  Stage(FrameView screen, std::optional<PointerMoved> pointer, SessionTime at);

  // Takes it in; whether there is a picture to be shown at its time.
  bool apply(const Recorded& recorded);
  // What is to be seen, as the renderer clears it (covered, or watermarked). Once there was a state.
  template <class Renderer>
  ClearedFrame picture(Renderer& renderer, SessionTime at) {
    compose();
    ClearedFrame cleared = renderer.render(at, canvas_.view(), changed_);
    changed_.clear();
    shown_at_ = at;
    return cleared;
  }
  bool has_picture() const { return !screen_.size().empty(); }

  const std::optional<PointerMoved>& pointer() const { return pointer_; }

 private:
  void compose();
  bool apply(const RecordedState& state);
  bool apply(const RecordedPointer& moved);

  Frame screen_;
  Frame canvas_;    // the same with the pointer
  Region changed_;  // of the canvas, since the picture before
  Rect arrow_;
  std::optional<PointerMoved> pointer_;
  std::optional<SessionTime> shown_at_;
};

SessionTime time_of(const Recorded& recorded);

}  // namespace frostgate::redact
