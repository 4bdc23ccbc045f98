// serve's side of `frostgate alert`.
#pragma once

#include "gateway/ipc/channel.h"
#include "gateway/serve/admin.h"
#include "gateway/serve/core.h"
#include "storage/catalog/alerts.h"

namespace frostgate::serve {

Result<AdminReply> alert_list(Core& core, ipc::Message& request, UtcTime now);
Result<AdminReply> alert_sinks(Core& core, ipc::Message& request, UtcTime now);
// Sends a test to each sink, or to the one named by `sink`, and waits for what comes of it.
Result<AdminReply> alert_test(Core& core, ipc::Message& request, UtcTime now);

nlohmann::json to_json(const catalog::Alert& alert);

}  // namespace frostgate::serve
