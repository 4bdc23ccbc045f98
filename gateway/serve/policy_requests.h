// serve's side of `frostgate policy`, and the reload of the policy.
#pragma once

#include "gateway/ipc/channel.h"
#include "gateway/serve/admin.h"
#include "gateway/serve/core.h"

namespace frostgate::serve {

// The policy in force, as a descriptor.
Result<AdminReply> policy_current(Core& core);
// Which rule decides on a user's session, why, and what each gate asks.
Result<AdminReply> policy_explain(Core& core, ipc::Message& request, UtcTime now);
// What the policy in `text` would have said to the decisions and films of the last `days`, with the groups, roles and targets of today.
Result<AdminReply> policy_simulate(Core& core, ipc::Message& request, UtcTime now);
// Reads the policy anew. One that is wrong is refused, which is logged as an alert, and the one in force stays.
void reload_policy(Core& core, UtcTime now);

}  // namespace frostgate::serve
