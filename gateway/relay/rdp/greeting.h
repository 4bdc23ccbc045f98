// Waiting for a client's first bytes.
#pragma once

#include "codec/base/result.h"
#include "gateway/relay/rdp/x224_peek.h"
#include "gateway/relay/wakeup.h"

namespace frostgate::relay::rdp {

// Waits until `socket` holds a whole connection request, which is left in it: what to negotiate with the client. Errors: corrupt (it holds something
// else), timeout, unavailable (closed), cancelled (`wake` was raised).
Result<Security> await_connection_request(int socket, const Wakeup& wake, int seconds);

}  // namespace frostgate::relay::rdp
