// Administration of groups, roles and API tokens: requests of gateway/ipc/FORMAT.md, as the others of admin.h.
#pragma once

#include "gateway/serve/admin.h"

namespace frostgate::serve {

Result<AdminReply> group_add(Core& core, ipc::Message& request, UtcTime now);
Result<AdminReply> group_remove(Core& core, ipc::Message& request, UtcTime now);
Result<AdminReply> group_list(Core& core, ipc::Message& request, UtcTime now);
Result<AdminReply> role_bind(Core& core, ipc::Message& request, UtcTime now);
Result<AdminReply> role_unbind(Core& core, ipc::Message& request, UtcTime now);
Result<AdminReply> role_list(Core& core, ipc::Message& request, UtcTime now);
Result<AdminReply> token_create(Core& core, ipc::Message& request, UtcTime now);
Result<AdminReply> token_list(Core& core, ipc::Message& request, UtcTime now);
Result<AdminReply> token_revoke(Core& core, ipc::Message& request, UtcTime now);

}  // namespace frostgate::serve
