// The journal of the generated session, and the times at which its states are taken to have been recorded. Its key protects nothing: the session is made up.
#pragma once

#include <chrono>
#include <functional>

#include "codec/base/secret.h"
#include "codec/base/time.h"

namespace frostgate::bench {

inline constexpr const char* kSession = "bench-session";

inline Secret session_key() { return Secret(std::size_t{32}); }

using Stretch = std::function<SessionTime(SessionTime)>;

inline SessionTime as_recorded(SessionTime at) { return at; }

// 70 % idle: 28 s of nothing after each 12 s of work.
inline SessionTime mostly_idle(SessionTime at) {
  const SessionTime work = std::chrono::seconds(12), idle = std::chrono::seconds(28);
  return at + idle * (at / work);
}

}  // namespace frostgate::bench
