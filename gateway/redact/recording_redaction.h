// One recording from journal to film: the analysis at the journal's head, the film some way behind it. Of a session that goes on the
// film is made meanwhile; of one that has ended it is made when all is known. Both are the same film. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "gateway/redact/film_maker.h"
#include "gateway/redact/journal_player.h"
#include "gateway/redact/live_pass.h"
#include "gateway/redact/lossy_states.h"
#include "gateway/redact/stage_clock.h"
#include "gateway/redact/typed_stream.h"
#include "redaction/redactor.h"

namespace frostgate::redact {

class RecordingRedaction {
 public:
  // What `journal` names, `sink` and `clock` outlive it.
  static Result<RecordingRedaction> open(const JournalAccess& journal, storage::JournalGrowth growth, redaction::Redactor redactor,
                                         FilmSink& sink, StageClock& clock);

  // What was typed in the session, or is. When some of it turns out to be secret, the recording is analysed once more from its
  // start by a Redactor that knows it: so nothing shows it before it was typed either.
  using MakeRedactor = std::function<Result<redaction::Redactor>(redaction::ReaderPtr reader, std::span<const Secret> typed)>;
  void follow_typing(TypedStream typed, MakeRedactor make_redactor);

  // Analyses the journal's next state, and makes film when enough has come together. False when there is nothing more to be read,
  // or not yet: see over().
  Result<bool> step();
  // The journal's writer has gone: what does not follow now never will.
  void expect_no_more();
  // All states are analysed.
  bool over() const { return head_.over(); }
  // Of the last entry that was read.
  SessionTime at() const { return head_.summary().end; }

  // What whoever watches may see by now, when nothing but what was read has happened up to `head`.
  Result<std::vector<Segment>> watch(SessionTime head);
  // Nobody watches any more.
  void stop_watching() { live_.reset(); }

  // Once over: what is left of the film. That may be all of the analysis again: `go_on` is asked often, and an error of it ends the work.
  using GoOn = std::function<Result<void>()>;
  Result<void> finish(const GoOn& go_on);
  const JournalSummary& summary() const { return head_.summary(); }
  // After finish().
  const redaction::RedactionPlan& plan() const { return film_.plan(); }
  Result<std::vector<FilmMaker::Still>> stills(std::size_t most) { return film_.stills(most); }
  std::vector<redaction::VisibleLine> visible_text() const { return redactor_.visible_text(film_.plan(), head_.summary().end); }
  std::size_t typed_secrets() const { return typed_secrets_; }
  // Why the stream of what was typed was not read to its end; empty when it was.
  const std::string& typing_damage() const { return typed_ ? typed_->damage() : no_damage_; }
  const redaction::GlyphAtlas& atlas() const { return redactor_.atlas(); }

 private:
  RecordingRedaction(const JournalAccess& journal, storage::JournalGrowth growth, JournalPlayer head, redaction::Redactor redactor, FilmMaker film, StageClock& clock)
      : journal_(journal),
        made_meanwhile_(growth == storage::JournalGrowth::growing),
        head_(std::move(head)),
        redactor_(std::move(redactor)),
        film_(std::move(film)),
        clock_(&clock) {}

  void follow_typed();
  // `lossy`: what was recorded so far is.
  Result<void> analyse(const Recorded& recorded, bool lossy, redaction::Redactor& redactor, LossyStates& lossy_states);
  Result<redaction::RedactionPlan> analysed_again(std::span<const Secret> typed, const GoOn& go_on);

  JournalAccess journal_;
  bool made_meanwhile_;
  JournalPlayer head_;
  redaction::Redactor redactor_;
  FilmMaker film_;
  std::optional<LivePass> live_;  // while somebody watches
  StageClock* clock_;
  SessionTime planned_at_{};
  std::optional<TypedStream> typed_;
  MakeRedactor make_redactor_;
  LossyStates lossy_states_;
  std::uint8_t buttons_ = 0;
  std::size_t typed_secrets_ = 0;
  std::string no_damage_;
};

}  // namespace frostgate::redact
