// What somebody sees who watches a session while it runs: covered by the stricter plan, a little behind the analysis, in pieces of half a
// second that are handed over at once and kept nowhere. One thread.
#pragma once

#include <optional>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/segment.h"
#include "codec/segment_encoder.h"
#include "gateway/redact/film_maker.h"
#include "gateway/redact/journal_player.h"
#include "gateway/redact/stage.h"
#include "redaction/renderer.h"

namespace frostgate::redact {

class LivePass {
 public:
  // Plays the journal from `start`, or from its beginning. Shows nothing from before the first plan's time.
  static Result<LivePass> open(const JournalAccess& journal, const FilmMaker::Start* start);

  // Shows what there is up to plan.until(), and returns what is complete by now: each media segment plays alone after the init segment
  // of its part.
  Result<std::vector<Segment>> advance(redaction::RedactionPlan plan);

 private:
  LivePass(JournalPlayer player, Stage stage, codec::SegmentEncoder encoder)
      : player_(std::move(player)), stage_(std::move(stage)), encoder_(std::move(encoder)) {}
  Result<void> show(SessionTime at, std::vector<Segment>& done);

  JournalPlayer player_;
  Stage stage_;
  codec::SegmentEncoder encoder_;
  std::optional<redaction::Renderer> renderer_;
  std::optional<Recorded> next_;
  std::optional<SessionTime> shown_at_;
};

}  // namespace frostgate::redact
