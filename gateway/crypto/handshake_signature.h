// What a TLS server signs of a handshake with its certificate's key, looked at and signed by the process that has the key, for one that has the connection and may
// have been taken over. In TLS 1.3 (RFC 8446 4.4.3) that is 64 blanks, a sentence, a zero and the transcript's hash, which cannot be taken for anything else. In
// TLS 1.2 (RFC 5246 7.4.3, RFC 8422 5.4) it is the client's random, the server's, and the server's point on a curve: bytes that whoever asks could choose so that
// they are something else that is signed with such keys. Hence the server's random must begin with a nonce that the signer made for this handshake, go on with the
// eight bytes that a server of TLS 1.3 ends it with (RFC 8446 4.1.3), and the point must be one of a curve of 384 bits at most: what then is left to choose, 32
// bytes before and 48 in a row behind, is less than any other signed thing needs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "codec/base/result.h"
#include "gateway/crypto/tls_identity.h"

namespace frostgate::crypto {

// Random bytes, for one handshake.
using HandshakeNonce = std::array<std::byte, 24>;

// The longest content that is signed.
inline constexpr std::size_t kLongestHandshakeContent = 165;

// The signature of `content` by `scheme` (a SignatureScheme, RFC 8446 4.2.3: RSA with PKCS #1 or PSS, ECDSA, EdDSA, nothing with SHA-1). Errors: denied (no
// handshake with this nonce signs that, or not by this scheme), invalid (the identity's key is not one of the scheme's).
Result<std::vector<std::byte>> sign_handshake(const PemIdentity& identity, std::uint16_t scheme, std::span<const std::byte> content, const HandshakeNonce& nonce);

}  // namespace frostgate::crypto
