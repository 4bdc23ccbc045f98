// serve's side of `frostgate request`. Who decides, or reviews, is somebody who proves who they are and approves there, as at the portal: the administrator
// who may open the socket cannot. That one asks in their own name, or in somebody's, which is noted as what it is.
#pragma once

#include "gateway/ipc/channel.h"
#include "gateway/serve/admin.h"
#include "gateway/serve/core.h"

namespace frostgate::serve {

// Members `as`, `password` and `code` (of the second factor, or empty): who it is. Error: `denied`.
Result<std::string> proved_user(Core& core, ipc::Message& request, UtcTime now);

Result<AdminReply> request_list(Core& core, ipc::Message& request, UtcTime now);
Result<AdminReply> request_show(Core& core, ipc::Message& request, UtcTime now);
Result<AdminReply> request_create(Core& core, ipc::Message& request, UtcTime now);
Result<AdminReply> request_decide(Core& core, ipc::Message& request, UtcTime now);
Result<AdminReply> request_cancel(Core& core, ipc::Message& request, UtcTime now);
Result<AdminReply> request_revoke(Core& core, ipc::Message& request, UtcTime now);
Result<AdminReply> request_review(Core& core, ipc::Message& request, UtcTime now);

// As it is shown, in every answer.
nlohmann::json to_json(const approvals::Request& request);

}  // namespace frostgate::serve
