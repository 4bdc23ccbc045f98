// Who the TLS server of a library is that knows less than it has to: libfreerdp 2.11 reads the first certificate of a PEM text and leaves the others out, so that
// clients cannot verify it, and wants a private key as PEM, which this process does not have. Works in executables that export their symbols (-rdynamic).
#pragma once

#include "codec/base/result.h"
#include "gateway/crypto/server_identity.h"

namespace frostgate::crypto {

// What such a library reads with PEM_read_bio_PrivateKey() instead of a key.
inline constexpr const char* kKeyIsElsewhere = "The private key is in another process.";

// From now on a server of this process that reads kKeyIsElsewhere, and then shakes hands on the same thread, has this identity; each that calls
// SSL_use_certificate() sends what stands behind the certificate with it, and agrees on nothing that the key would have to decrypt. Before other threads make
// connections. Error: invalid.
Result<void> identify_servers(const ServerIdentity& identity);

}  // namespace frostgate::crypto
