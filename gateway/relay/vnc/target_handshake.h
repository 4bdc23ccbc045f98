// RFB with a target from its greeting to ServerInit (RFC 6143 7.1 to 7.3), before any library sees the target's bytes.
#pragma once

#include <memory>
#include <string>

#include "gateway/crypto/tls_tunnel.h"
#include "gateway/relay/back.h"
#include "gateway/relay/vnc/talk.h"

namespace frostgate::relay::vnc {

struct EnteredTarget {
  std::string server_init;                    // the whole message: size, format, name
  std::unique_ptr<crypto::TlsTunnel> tunnel;  // null without TLS
};

// Takes the best that the target offers: VeNCrypt with a certificate, VeNCrypt without, VncAuth, None. When a certificate
// of the target is known already, nothing less will do. Errors: denied (the target refused the credential), corrupt (no
// VNC, another certificate, a message that cannot be), unsupported (no way in that is good enough; an impossible screen),
// timeout, cancelled, unavailable. What the target says of itself is in no message, but for printable ASCII. `shown` is filled in whatever comes of it.
Result<EnteredTarget> enter_target(Talk& talk, const TargetLogin& login, const crypto::TlsTrust& trust, crypto::ShownCertificate& shown);

}  // namespace frostgate::relay::vnc
