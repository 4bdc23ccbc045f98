// serve's side of `frostgate audit`, and what other requests to it leave in the audit log.
#pragma once

#include <string>

#include "gateway/ipc/channel.h"
#include "gateway/serve/admin.h"
#include "gateway/serve/core.h"

namespace frostgate::serve {

Result<AdminReply> audit_list(Core& core, ipc::Message& request, UtcTime now);
Result<AdminReply> audit_verify(Core& core, ipc::Message& request, UtcTime now);

// Of a request that was carried out, or denied: an entry where it is of a kind that changes something or hands out a film. `by` asked.
Result<void> audit_request(Core& core, const ipc::Message& request, const Result<AdminReply>& reply, const std::string& by, UtcTime now);

}  // namespace frostgate::serve
