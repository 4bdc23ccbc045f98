// serve's side of `frostgate policy`, and the reload of the policy.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "gateway/ipc/channel.h"
#include "gateway/serve/admin.h"
#include "gateway/serve/core.h"
#include "storage/catalog/recordings.h"

namespace frostgate::serve {

// The policy in force, as a descriptor.
Result<AdminReply> policy_current(Core& core);
// Which rule decides on a user's session, why, and what each gate asks.
Result<AdminReply> policy_explain(Core& core, ipc::Message& request, UtcTime now);
// Whether the asker may hear what a film's report tells.
using MayWatch = std::function<Result<bool>(const catalog::Recording&)>;
// What the policy in `text` would have said to the decisions of the last `days`, and to those films that may be watched, with the groups, roles and targets
// of today.
Result<nlohmann::json> simulate_policy(Core& core, const std::string& text, std::int64_t days, const MayWatch& may_watch, UtcTime now);
// The same for whoever the control socket serves: roles are not asked for, gates are.
Result<AdminReply> policy_simulate(Core& core, ipc::Message& request, UtcTime now);
// Reads the policy anew. One that is wrong is refused, which is logged as an alert, and the one in force stays.
void reload_policy(Core& core, UtcTime now);

}  // namespace frostgate::serve
