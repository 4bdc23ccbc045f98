// Detached PKCS#7 signatures (RFC 2315), as rdpsign makes them.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "codec/base/result.h"
#include "gateway/crypto/tls_identity.h"

namespace frostgate::crypto {

// DER: SHA-256, no signed attributes, with the signer's certificate and its chain. Error: invalid when the identity is none.
Result<std::vector<std::byte>> sign_detached(const PemIdentity& signer, std::span<const std::byte> content);

}  // namespace frostgate::crypto
