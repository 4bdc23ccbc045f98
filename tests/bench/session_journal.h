// The journal of the generated session. Its key protects nothing: the session is made up.
#pragma once

#include "codec/base/secret.h"

namespace frostgate::bench {

inline constexpr const char* kSession = "bench-session";

inline Secret session_key() { return Secret(std::size_t{32}); }

}  // namespace frostgate::bench
