// Whether a target can be used, for an administrator: reached by serve, and tried once by a relay process of its own, in its sandbox, as a session would.
#pragma once

#include "gateway/ipc/channel.h"
#include "gateway/serve/admin.h"
#include "gateway/serve/core.h"

namespace frostgate::serve {

// Takes up to `target_connect_seconds` of the configuration and 15 s more. A credential that was refused once is not tried ("set_aside"); one that is refused
// now is set aside, as by a session, and the certificate is trusted as a session trusts it. Error: not_found, or that nothing could be tried.
// Answer: outcome (works, name, port, certificate, credential, set_aside, protocol), reason (a sentence), certificate (SHA-256 of what it showed, or empty).
Result<AdminReply> target_test(Core& core, ipc::Message& request, UtcTime now);

}  // namespace frostgate::serve
