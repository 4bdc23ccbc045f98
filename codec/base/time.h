// The two clocks of a recording. Libraries never read a clock: times are handed in.
#pragma once

#include <chrono>
#include <cstdint>

namespace frostgate {

using Microseconds = std::chrono::duration<std::int64_t, std::micro>;

// Time since the session's first moment, on the relay's monotonic clock.
using SessionTime = Microseconds;

// Wall-clock time, UTC.
using UtcTime = std::chrono::time_point<std::chrono::system_clock, Microseconds>;

}  // namespace frostgate
