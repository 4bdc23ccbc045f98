// The first pass over a recording, which may still go on: reads every line of every state, and decides what must be covered and when.
// No thread, no clock; one Redactor per recording, on one thread at a time. Memory is what is on screen, a bounded cache
// of readings, and the boxes decided so far.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "codec/base/frame.h"
#include "codec/base/geometry.h"
#include "codec/base/keystroke.h"
#include "codec/base/result.h"
#include "codec/base/time.h"
#include "redaction/detectors/detectors.h"
#include "redaction/glyphs/glyph_atlas.h"
#include "redaction/line_reader.h"
#include "redaction/observation.h"
#include "redaction/plan.h"
#include "redaction/policy.h"
#include "redaction/visible_text.h"

namespace frostgate::redaction {

// Keys the hashes of line pixels. Fresh random bytes for each Redactor; never decides anything that can be seen.
using LineKey = std::array<std::uint64_t, 2>;

class Redactor {
 public:
  // `detectors` already know the profile and this recording's secrets; `atlas` is what earlier recordings of this target
  // taught.
  static Result<Redactor> make(RedactionPolicy policy, ReaderPtr reader, Detectors detectors, LineKey key, GlyphAtlas atlas = {});
  Redactor(Redactor&&) noexcept;
  Redactor& operator=(Redactor&&) noexcept;
  ~Redactor();

  // States in order; a different frame size is a resize, and then everything is new. After an error the recording is
  // `failed`: no plan can be had from this Redactor any more.
  Result<void> observe(const Observation& observation);

  // What is decided up to the state observed last. A later plan differs from it only by masks that reach back, and by what comes
  // after it.
  Result<RedactionPlan> plan_so_far() const;

  // A stricter one for who watches while the session goes on: it covers all that plan_so_far() does, and every line of which it is not
  // certain that a later plan will not (live/live_lines.h). Decided up to kLiveHold before `head`, the time up to which nothing but what
  // was observed has happened.
  Result<RedactionPlan> live_plan(SessionTime head) const;
  // What was typed, and when a button went down; each before the states that followed it. A line typed where the screen
  // did not echo it, or at a label, becomes a known secret at once.
  void typed(const Keystrokes& keystrokes);
  void clicked(SessionTime at);
  // What went over the clipboard, before the states that followed it: becomes a known secret at once when it looks like one.
  void copied(const Secret& text);
  // A password that somebody gave as one, before the states that followed it: a known secret whatever it looks like.
  void told(const Secret& secret);
  // All secrets learned in these ways so far. The states before they were learned were seen without knowing them: a film that
  // must not show them takes another Redactor, whose detectors know them from the start. After finish(), too.
  std::vector<Secret> learned_secrets() const;
  // The line reader of one that is spent, for that other one.
  ReaderPtr take_reader();

  // With what lines taught that were over and never covered: after finish(), all of the recording's.
  const GlyphAtlas& atlas() const;

  // What can be read in the film that `plan`, this recording's last, makes; after finish().
  std::vector<VisibleLine> visible_text(const RedactionPlan& plan, SessionTime end) const;

  // `end` is the session's last moment. The Redactor is spent.
  Result<RedactionPlan> finish(SessionTime end);

 private:
  struct State;
  explicit Redactor(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace frostgate::redaction
