// One recording from journal to film: the analysis at the journal's head, the film some way behind it. Of a session that goes on the
// film is made meanwhile; of one that has ended it is made when all is known. Both are the same film. One thread.
#pragma once

#include <optional>
#include <vector>

#include "codec/base/result.h"
#include "gateway/redact/film_maker.h"
#include "gateway/redact/journal_player.h"
#include "gateway/redact/live_pass.h"
#include "gateway/redact/stage_clock.h"
#include "redaction/redactor.h"

namespace frostgate::redact {

class RecordingRedaction {
 public:
  // What `journal` names, `sink` and `clock` outlive it.
  static Result<RecordingRedaction> open(const JournalAccess& journal, storage::JournalGrowth growth, redaction::Redactor redactor,
                                         FilmSink& sink, StageClock& clock);

  // Analyses the journal's next state, and makes film when enough has come together. False when there is nothing more to be read,
  // or not yet: see over().
  Result<bool> step();
  // The journal's writer has gone: what does not follow now never will.
  void expect_no_more() { head_.expect_no_more(); }
  // All states are analysed.
  bool over() const { return head_.over(); }
  // Of the last entry that was read.
  SessionTime at() const { return head_.summary().end; }

  // What whoever watches may see by now, when nothing but what was read has happened up to `head`.
  Result<std::vector<Segment>> watch(SessionTime head);
  // Nobody watches any more.
  void stop_watching() { live_.reset(); }

  // Once over: what is left of the film.
  Result<void> finish();
  const JournalSummary& summary() const { return head_.summary(); }
  // After finish().
  const redaction::RedactionPlan& plan() const { return film_.plan(); }

 private:
  RecordingRedaction(const JournalAccess& journal, storage::JournalGrowth growth, JournalPlayer head, redaction::Redactor redactor, FilmMaker film, StageClock& clock)
      : journal_(journal),
        made_meanwhile_(growth == storage::JournalGrowth::growing),
        head_(std::move(head)),
        redactor_(std::move(redactor)),
        film_(std::move(film)),
        clock_(&clock) {}

  JournalAccess journal_;
  bool made_meanwhile_;
  JournalPlayer head_;
  redaction::Redactor redactor_;
  FilmMaker film_;
  std::optional<LivePass> live_;  // while somebody watches
  StageClock* clock_;
  SessionTime planned_at_{};
};

}  // namespace frostgate::redact
