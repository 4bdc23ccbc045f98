// Opening the connection to a target. Only serve does this, and only after a Grant.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "codec/base/result.h"
#include "gateway/base/descriptor.h"

namespace frostgate::serve {

// Tries each address of the name in turn within `patience`. The socket blocks and has TCP_NODELAY. The error names
// the address: it is for the log.
Result<Descriptor> connect_target(const std::string& host, std::uint16_t port, std::chrono::milliseconds patience);

}  // namespace frostgate::serve
