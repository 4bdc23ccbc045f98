// Signs the one TLS handshake that a relay has with its client: the listener's private key never leaves serve. A relay that was taken over can be the gateway for
// that handshake, to whoever it is the relay of, and for no other: it has no key to carry away, and gets no signature over anything else.
#pragma once

#include <memory>

#include <nlohmann/json.hpp>

#include "gateway/crypto/handshake_signature.h"
#include "gateway/ipc/channel.h"
#include "gateway/serve/relay_reply.h"

namespace frostgate::serve {

// Not thread-safe: one thread, that of the relay.
class HandshakeSigner {
 public:
  // Adds to a relay's `start` the certificate that it shows, whose key signs for it whatever has become of the certificate's files meanwhile. Error: there is no
  // randomness.
  Result<void> identify(std::shared_ptr<const crypto::PemIdentity> identity, nlohmann::json& start);
  // Of a `sign_handshake`, once. The errors say what the relay did that it may not: it is to be ended.
  Result<RelayReply> sign(const ipc::Message& message);

 private:
  std::shared_ptr<const crypto::PemIdentity> identity_;  // until it has signed
  crypto::HandshakeNonce nonce_{};
};

}  // namespace frostgate::serve
