// Whether there is room on disk for another session.
#pragma once

#include <cstddef>

#include "codec/base/result.h"
#include "gateway/config/config.h"

namespace frostgate::serve {

// `no_space`, with how much is free, when less than the configured reserve is.
Result<void> room_for_a_session(const config::Config& config);

// Whether there is room for what can wait, films and exports, beside so many sessions that run: `no_space` while they do and less than the reserve is free.
// What is left is theirs.
Result<void> room_beside_sessions(const config::Config& config, std::size_t sessions);

}  // namespace frostgate::serve
