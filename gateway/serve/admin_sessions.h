// Administration of running sessions, and a look at them: requests of gateway/ipc/FORMAT.md, as the others of admin.h.
#pragma once

#include "gateway/serve/admin.h"

namespace frostgate::serve {

Result<AdminReply> sessions_list(Core& core, ipc::Message& request, UtcTime now);
Result<AdminReply> sessions_end(Core& core, ipc::Message& request, UtcTime now);
Result<AdminReply> sessions_lock(Core& core, ipc::Message& request, UtcTime now);
Result<AdminReply> sessions_unlock(Core& core, ipc::Message& request, UtcTime now);
Result<AdminReply> sessions_pause(Core& core, ipc::Message& request, UtcTime now);
Result<AdminReply> sessions_stop_recording(Core& core, ipc::Message& request, UtcTime now);
Result<AdminReply> sessions_record_again(Core& core, ipc::Message& request, UtcTime now);
// The gate was asked by who lets them be asked (announced_look.h).
Result<AdminReply> live_watch(Core& core, ipc::Message& request, UtcTime now);
Result<AdminReply> live_next(Core& core, ipc::Message& request, UtcTime now);
Result<AdminReply> live_leave(Core& core, ipc::Message& request, UtcTime now);

}  // namespace frostgate::serve
