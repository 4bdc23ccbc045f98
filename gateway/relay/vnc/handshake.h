// RFB from the first byte to the client's admission (RFC 6143 7.1), before any library sees the client's bytes.
#pragma once

#include <chrono>

#include "gateway/relay/front.h"

namespace frostgate::relay::vnc {

// Speaks with a client until it is authenticated by VncAuth (one guess) and the host has connected its target; the
// client's next message is ClientInit. `client` is non-blocking and stays the caller's. At most `limit` long before
// authentication; ends early when `stop` becomes readable. A client that is refused is told as far as its version
// of RFB can: in version 3.8 with the text. Errors: denied, timeout, corrupt, unavailable (the client left),
// cancelled (stop), and those of the host.
Result<InputSink*> admit_client(int client, int stop, FrontHost& host, std::chrono::milliseconds limit);

}  // namespace frostgate::relay::vnc
