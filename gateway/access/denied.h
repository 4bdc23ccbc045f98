// What every refusal of this room is.
#pragma once

#include <string>

#include "codec/base/result.h"

namespace frostgate::access {

inline Error denied(const std::string& why) { return {ErrorKind::denied, why}; }

}  // namespace frostgate::access
