// The answer to a WebSocket's key (RFC 6455 4.2.2): it shows that the server knows the protocol, and proves nothing.
#pragma once

#include <string>

#include "codec/base/result.h"

namespace frostgate::crypto {

// Error: invalid, when the key is not 16 bytes in Base64.
Result<std::string> web_socket_accept(const std::string& key);

}  // namespace frostgate::crypto
