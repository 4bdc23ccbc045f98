// When a recorder takes a state and when it flushes. Pure: session times in, decisions out. One thread.
#pragma once

#include <algorithm>
#include <optional>

#include "codec/base/time.h"

namespace frostgate::relay {

// What changed or happened is on its way to the disk when `flush_interval` is over, or in its state's turn where that comes later: the time that
// a change waits for its turn counts. No state is taken before a change has settled: what a target sends as many updates is one, and it is with the
// user before the recorder takes a processor. Where nothing is on its way, a sign of life is due when `still_interval` is over: who reads what a crash
// left knows by it how long the screen was still.
class RecordingPace {
 public:
  RecordingPace(Microseconds state_interval, Microseconds flush_interval, Microseconds settling, Microseconds still_interval)
      : state_interval_(state_interval), flush_interval_(flush_interval), settling_(settling), still_interval_(still_interval) {}

  // The screen has changed since the last state.
  void changed(SessionTime at) { changed_since_ = changed_since_.value_or(at); }
  // Something else is to be written.
  void happened(SessionTime at) { unsaved_since_ = std::min(unsaved_since_.value_or(at), at); }
  // A state was taken.
  void taken(SessionTime at) {
    last_state_ = at;
    if (changed_since_) happened(*changed_since_);
    changed_since_.reset();
  }
  void flushed(SessionTime at) {
    unsaved_since_.reset();
    flushed_at_ = at;
  }

  bool change_waits() const { return changed_since_.has_value(); }
  bool state_is_due(SessionTime now) const { return changed_since_ && now >= turn(); }
  bool flush_is_due(SessionTime now) const { return unsaved_since_ && now >= *unsaved_since_ + flush_interval_; }
  bool sign_is_due(SessionTime now) const { return still() && now >= *flushed_at_ + still_interval_; }
  // When one of them becomes due; nothing before the first change or event.
  std::optional<SessionTime> next() const {
    std::optional<SessionTime> out;
    if (still()) out = *flushed_at_ + still_interval_;
    if (unsaved_since_) out = *unsaved_since_ + flush_interval_;
    if (changed_since_) out = std::min(out.value_or(SessionTime::max()), turn());
    return out;
  }

 private:
  bool still() const { return flushed_at_ && !changed_since_ && !unsaved_since_; }
  SessionTime turn() const {
    const SessionTime settled = *changed_since_ + settling_;
    return last_state_ ? std::max(*last_state_ + state_interval_, settled) : settled;
  }

  const Microseconds state_interval_, flush_interval_, settling_, still_interval_;
  std::optional<SessionTime> last_state_;
  std::optional<SessionTime> changed_since_;  // the oldest change that no state shows
  std::optional<SessionTime> unsaved_since_;  // the oldest thing that no flush has written
  std::optional<SessionTime> flushed_at_;     // the last time
};

}  // namespace frostgate::relay
