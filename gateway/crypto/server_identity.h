// Who a TLS server is whose private key is in another process: that signs for it, once in a handshake (handshake_signature.h).
#pragma once

#include <functional>
#include <string>

#include "gateway/crypto/handshake_signature.h"

namespace frostgate::crypto {

// Of `content`, by `scheme` (a SignatureScheme, RFC 8446 4.2.3), by who has the key. Called on the handshake's thread, which waits for it.
using AskSignature = std::function<Result<std::vector<std::byte>>(std::uint16_t scheme, std::span<const std::byte> content)>;

// For one handshake.
struct ServerIdentity {
  std::string certificate;  // PEM; what stands behind it is sent with it
  HandshakeNonce nonce{};
  AskSignature sign;
};

}  // namespace frostgate::crypto
