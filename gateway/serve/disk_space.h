// Whether there is room on disk for another session.
#pragma once

#include "codec/base/result.h"
#include "gateway/config/config.h"

namespace frostgate::serve {

// `no_space`, with how much is free, when less than the configured reserve is.
Result<void> room_for_a_session(const config::Config& config);

}  // namespace frostgate::serve
