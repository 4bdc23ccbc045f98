// A private key for OpenSSL that is in another process, for this room.
#pragma once

#include <openssl/ssl.h>

#include "codec/base/result.h"
#include "gateway/crypto/openssl_handles.h"
#include "gateway/crypto/server_identity.h"

namespace frostgate::crypto {

// What `identity` is to OpenSSL. All that its key can do is to be matched with the certificate, and to ask identity.sign for the signature of a handshake.
struct IdentityParts {
  Certificate certificate;
  Chain behind;  // it; may be empty
  Key key;
};
// Error: invalid.
Result<IdentityParts> parts_of(const ServerIdentity& identity);

// What a server with such a key may agree on: TLS 1.2 or later, never with a secret that the key would have to decrypt, on the curves that handshake_signature.h
// knows.
bool restrict_server(SSL* server);

// The random of the servers that shake hands on this thread begins with `nonce`, until one has its signature, or the end is said.
void begin_server_random(const HandshakeNonce& nonce);
void end_server_random();

}  // namespace frostgate::crypto
