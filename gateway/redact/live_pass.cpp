#include "gateway/redact/live_pass.h"

#include <iterator>
#include <utility>

namespace frostgate::redact {
namespace {

constexpr codec::SegmentEncoderSettings kLiveSettings{.segment_length = std::chrono::milliseconds(500),
                                                      .keyframe_interval = std::chrono::milliseconds(500),
                                                      .keepalive = std::chrono::milliseconds(250)};

}  // namespace

Result<LivePass> LivePass::open(const JournalAccess& journal, const FilmMaker::Start* start) {
  const auto growing = storage::JournalGrowth::growing;
  codec::SegmentEncoder encoder = TRY(codec::SegmentEncoder::open(kLiveSettings));
  if (start == nullptr) {
    JournalPlayer player = TRY(JournalPlayer::open(journal.source, journal.recording, journal.key, growing));
    return LivePass(std::move(player), Stage(), std::move(encoder));
  }
  JournalPlayer player = TRY(JournalPlayer::resume(journal.source, journal.recording, journal.key, growing, start->journal));
  Stage stage(player.screen(), start->pointer, start->journal.at);
  return LivePass(std::move(player), std::move(stage), std::move(encoder));
}

Result<std::vector<Segment>> LivePass::advance(redaction::RedactionPlan plan) {
  const SessionTime until = plan.until();
  const bool begun = renderer_.has_value();
  if (begun) renderer_->follow(std::move(plan));
  else renderer_.emplace(std::move(plan));
  std::vector<Segment> done;
  while (true) {
    if (!next_) next_ = TRY(player_.next());
    if (!next_ || time_of(*next_) > until) break;
    const SessionTime at = time_of(*next_);
    if (stage_.apply(*next_) && begun) TRY(show(at, done));
    next_.reset();
  }
  // The same picture again: how long it was there is known now.
  const bool due = !shown_at_ || until - *shown_at_ >= kLiveSettings.keepalive;
  if (due && until >= SessionTime(0) && stage_.has_picture()) TRY(show(until, done));
  return done;
}

Result<void> LivePass::show(SessionTime at, std::vector<Segment>& done) {
  // The first plan's time may be later than that of a later one's first news.
  if (shown_at_ && at < *shown_at_) at = *shown_at_;
  const ClearedFrame cleared = stage_.picture(*renderer_, at);
  std::vector<Segment> more = TRY(encoder_.add(cleared, at));
  shown_at_ = at;
  std::move(more.begin(), more.end(), std::back_inserter(done));
  return {};
}

}  // namespace frostgate::redact
