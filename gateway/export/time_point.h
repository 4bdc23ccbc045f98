// Points in time as people write them on the command line.
#pragma once

#include <string>

#include "codec/base/result.h"
#include "codec/base/time.h"

namespace frostgate::exporting {

// An offset from the recording's start: seconds, M:S or H:M:S, each with a fraction if wanted ("90", "1:30.5"). Or UTC wall-clock time:
// "2026-01-31T23:59:59Z", with a fraction if wanted. `invalid` for anything else, and for what is before the start.
Result<SessionTime> time_in_recording(const std::string& text, UtcTime started);

}  // namespace frostgate::exporting
