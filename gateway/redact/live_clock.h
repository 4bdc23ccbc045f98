// How a session's time runs on this machine's clock, as far as its journal tells. The journal is flushed once a second.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

#include "codec/base/time.h"

namespace frostgate::redact {

class LiveClock {
 public:
  using Clock = std::chrono::steady_clock;

  // An entry of session time `at` was read at `now`: the session cannot be further back.
  void note(SessionTime at, Clock::time_point now) {
    const Clock::time_point start = now - at;
    start_ = start_ ? std::min(*start_, start) : start;
  }
  SessionTime session_time(Clock::time_point now) const {
    return start_ ? std::chrono::duration_cast<SessionTime>(now - *start_) : SessionTime(0);
  }
  // What happened up to here has been read, when all of the journal has: it was flushed, and some time is left for that.
  SessionTime quiet_until(Clock::time_point now) const { return session_time(now) - kFlushed; }

 private:
  static constexpr SessionTime kFlushed = std::chrono::milliseconds(1500);
  std::optional<Clock::time_point> start_;
};

}  // namespace frostgate::redact
