// RFB from the first byte to the client's admission (RFC 6143 7.1), before any library sees the client's bytes.
#pragma once

#include <chrono>
#include <memory>

#include "gateway/crypto/tls_tunnel.h"
#include "gateway/relay/front.h"

namespace frostgate::relay::vnc {

struct AdmittedClient {
  InputSink* sink = nullptr;
  std::unique_ptr<crypto::TlsTunnel> tunnel;  // null when the client came without TLS
};

// Speaks with a client that has been greeted (kOurVersion; serve does it, before there is a relay, but for a browser) until it is authenticated (one guess) and the host has a screen for it; the client's next message
// is ClientInit. Ways in: VeNCrypt with a user's name and password or with a ticket, over TLS; VncAuth with a ticket when
// `security` allows it in clear; for a browser no proof, but FrontHost::enter(). `client` is non-blocking and stays the caller's. At most `limit` long before
// authentication; ends early when `stop` becomes readable. A client that is refused is told as far as its version of RFB
// can: in version 3.8 with the text. Errors: denied, timeout, corrupt, unavailable (the client left), cancelled (stop),
// and those of the host.
Result<AdmittedClient> admit_client(int client, int stop, const VncSecurity& security, FrontHost& host,
                                    std::chrono::milliseconds limit);

}  // namespace frostgate::relay::vnc
