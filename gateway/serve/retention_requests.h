// The requests of `frostgate retention` and `frostgate hold`.
#pragma once

#include "gateway/serve/admin.h"

namespace frostgate::serve {

Result<AdminReply> retention_plan(Core& core, ipc::Message& request, UtcTime now);
Result<AdminReply> retention_run(Core& core, ipc::Message& request, UtcTime now);
Result<AdminReply> recordings_delete(Core& core, ipc::Message& request, UtcTime now);
Result<AdminReply> hold_add(Core& core, ipc::Message& request, UtcTime now);
Result<AdminReply> hold_release(Core& core, ipc::Message& request, UtcTime now);
Result<AdminReply> hold_list(Core& core, ipc::Message& request, UtcTime now);

}  // namespace frostgate::serve
