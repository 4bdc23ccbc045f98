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
  // Before the state that may show it.
  follow_typed();
  TRY(analyse(*recorded, head_.summary().lossy, redactor_, lossy_states_));
  if (made_meanwhile_ && at() >= planned_at_ + kPlansApart) {
    planned_at_ = at();
    redaction::RedactionPlan plan = TRY(redactor_.plan_so_far());
    clock_->charge("analyse");
    TRY(film_.advance(std::move(plan), at() - kHorizon));
  }
  return true;
}

void RecordingRedaction::follow_typed() {
  if (!typed_) return;
  const TypedStream::Typed typed = typed_->next();
  redactor_.typed(typed.keystrokes);
  for (const Secret& text : typed.copied) redactor_.copied(text);
  for (const Secret& secret : typed.secrets) redactor_.told(secret);
}

Result<void> RecordingRedaction::analyse(const Recorded& recorded, bool lossy, redaction::Redactor& redactor, LossyStates& lossy_states) {
  if (const auto* state = std::get_if<RecordedState>(&recorded)) {
    // Nothing of the target is to be seen, so that nothing is read or covered: the card is the gateway's own.
    const Frame nothing(state->card ? state->frame.size : Size{});
    if (state->card) lossy_states = LossyStates();
    if (lossy && !state->card) TRY(lossy_states.observe(redactor, state->at, state->frame));
    else TRY(redactor.observe({state->at, state->card ? nothing.view() : state->frame, state->damage}));
    clock_->charge("analyse");
  } else if (const auto* moved = std::get_if<RecordedPointer>(&recorded)) {
    if ((moved->pointer.buttons & ~buttons_) != 0) redactor.clicked(moved->at);
    buttons_ = moved->pointer.buttons;
  }
  return {};
}

void RecordingRedaction::follow_typing(TypedStream typed, MakeRedactor make_redactor) {
  typed_ = std::move(typed);
  make_redactor_ = std::move(make_redactor);
}

void RecordingRedaction::expect_no_more() {
  head_.expect_no_more();
  if (typed_) typed_->expect_no_more();
}

Result<redaction::RedactionPlan> RecordingRedaction::analysed_again(std::span<const Secret> typed, const GoOn& go_on) {
  JournalPlayer player = TRY(JournalPlayer::open(journal_.source, journal_.recording, journal_.key));
  redaction::Redactor redactor = TRY(make_redactor_(redactor_.take_reader(), typed));
  LossyStates lossy_states;
  while (true) {
    TRY(go_on());
    const std::optional<Recorded> recorded = TRY(player.next());
    clock_->charge("decode");
    if (!recorded) break;
    TRY(analyse(*recorded, player.summary().lossy, redactor, lossy_states));
  }
  redaction::RedactionPlan plan = TRY(redactor.finish(at()));
  redactor_ = std::move(redactor);  // what the first one's lines taught may have been secret
  return plan;
}

Result<std::vector<Segment>> RecordingRedaction::watch(SessionTime head) {
  redaction::RedactionPlan plan = TRY(redactor_.live_plan(std::max(head, at())));
  if (!live_) live_ = TRY(LivePass::open(journal_, film_.start_before(plan.until())));
  std::vector<Segment> segments = TRY(live_->advance(std::move(plan)));
  clock_->charge("live");
  return segments;
}

Result<void> RecordingRedaction::finish(const GoOn& go_on) {
  live_.reset();
  follow_typed();
  redaction::RedactionPlan plan = TRY(redactor_.finish(at()));
  const std::vector<Secret> learned = redactor_.learned_secrets();
  typed_secrets_ = learned.size();
  if (!learned.empty()) plan = TRY(analysed_again(learned, go_on));
  clock_->charge("analyse");
  return film_.finish(std::move(plan), at());
}

}  // namespace frostgate::redact
