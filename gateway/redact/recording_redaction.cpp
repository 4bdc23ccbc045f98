#include "gateway/redact/recording_redaction.h"

#include <algorithm>
#include <utility>

namespace frostgate::redact {
namespace {

// Most masks reach back less than this. What reaches further has segments made again, so this is no promise, only thrift.
constexpr SessionTime kHorizon = std::chrono::seconds(10);
constexpr SessionTime kPlansApart = std::chrono::seconds(5);

}  // namespace

Result<RecordingRedaction> RecordingRedaction::open(const JournalAccess& journal, storage::JournalGrowth growth,
                                                    redaction::Redactor redactor, FilmSink& sink, StageClock& clock) {
  JournalPlayer head = TRY(JournalPlayer::open(journal.source, journal.recording, journal.key, growth));
  FilmMaker film = TRY(FilmMaker::open(journal, sink, clock));
  return RecordingRedaction(journal, growth, std::move(head), std::move(redactor), std::move(film), clock);
}

Result<bool> RecordingRedaction::step() {
  const std::optional<Recorded> recorded = TRY(head_.next());
  clock_->charge("decode");
  if (!recorded) return false;
  if (const auto* state = std::get_if<RecordedState>(&*recorded)) {
    TRY(redactor_.observe({state->at, state->frame, state->damage}));
    clock_->charge("analyse");
  }
  if (made_meanwhile_ && at() >= planned_at_ + kPlansApart) {
    planned_at_ = at();
    redaction::RedactionPlan plan = TRY(redactor_.plan_so_far());
    clock_->charge("analyse");
    TRY(film_.advance(std::move(plan), at() - kHorizon));
  }
  return true;
}

Result<std::vector<Segment>> RecordingRedaction::watch(SessionTime head) {
  redaction::RedactionPlan plan = TRY(redactor_.live_plan(std::max(head, at())));
  if (!live_) live_ = TRY(LivePass::open(journal_, film_.start_before(plan.until())));
  std::vector<Segment> segments = TRY(live_->advance(std::move(plan)));
  clock_->charge("live");
  return segments;
}

Result<void> RecordingRedaction::finish() {
  live_.reset();
  redaction::RedactionPlan plan = TRY(redactor_.finish(at()));
  clock_->charge("analyse");
  return film_.finish(std::move(plan), at());
}

}  // namespace frostgate::redact
