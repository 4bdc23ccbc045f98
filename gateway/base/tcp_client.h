// Opening a TCP connection. Only serve does this; to a target only after a Grant.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "codec/base/result.h"
#include "gateway/base/descriptor.h"

namespace frostgate {

// Tries each address of the name in turn within `patience`; resolving the name comes on top of it. The socket blocks and has TCP_NODELAY. The error names
// the address: it is for the log.
Result<Descriptor> connect_tcp(const std::string& host, std::uint16_t port, std::chrono::milliseconds patience);

}  // namespace frostgate
