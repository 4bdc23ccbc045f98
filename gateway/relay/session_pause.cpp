// A recording that stops, for a while or for good, or that fails.
#include "gateway/base/log.h"
#include "gateway/relay/relayed_session.h"
#include "gateway/relay/screens/phrases.h"
#include "storage/manifest/times.h"

namespace frostgate::relay {
namespace {

constexpr std::size_t kMostWords = 1000;

}  // namespace

void RelayedSession::pause_recording(RecordingPaused pause, std::optional<std::chrono::seconds> longest) {
  const std::lock_guard lock(mutex_);
  if (!recorder_ || !end_reason_.empty()) return;
  log::warning(id_, "the recording {} (request {})", longest ? "pauses for " + std::to_string(longest->count()) + " s at most" : "stops", pause.request);
  const std::optional<UtcTime> until = pause.until;
  recorder_->suspend(std::move(pause), longest, [this, until](bool paused) { recording_switched(paused, until); });
}

void RelayedSession::record_again(const std::string& why) {
  const std::lock_guard lock(mutex_);
  if (recorder_ && recorder_->go_on(why)) return;
  (void)link_.tell({{"type", "recording"}, {"paused", 0}}).has_value();  // as it was all the time
}

void RelayedSession::recording_switched(bool paused, const std::optional<UtcTime>& until) {
  log::warning(id_, "the recording {}", !paused ? "goes on" : until ? "is paused" : "is stopped");
  (void)link_.tell({{"type", "recording"}, {"paused", paused ? 1 : 0}}).has_value();
  if (ending()) return;
  if (!paused) stage_.show(screens::recording_goes_on(id_));
  else stage_.show(until ? screens::recording_paused(storage::utc_text(*until).substr(11, 8) + " UTC", id_) : screens::recording_stopped(id_));
}

void RelayedSession::recording_failed(const Error& error) {
  if (!goes_on_unrecorded_)
    return end("recording failed: " + error.message, Farewell{screens::not_recorded(id_)}, {.client_lost = false, .recording_failure = error.message.substr(0, kMostWords)});
  log::error(id_, "recording failed, and the session goes on: {}", error.message);
  (void)link_.tell({{"type", "unrecorded"}, {"why", error.message.substr(0, kMostWords)}}).has_value();
  if (!ending()) stage_.show(screens::goes_on_unrecorded(id_));
}

}  // namespace frostgate::relay
