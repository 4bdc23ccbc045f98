// serve's side of `frostgate export`: hands out what a bundle proves its descent with, and signs the bundle. The clip is cut by the command.
#pragma once

#include "gateway/ipc/channel.h"
#include "gateway/serve/admin.h"
#include "gateway/serve/core.h"

namespace frostgate::serve {

// The film's signed manifest, the certificate it was signed with now, and the policy that governed it.
Result<AdminReply> export_begin(Core& core, ipc::Message& request, UtcTime now);
// Signs the manifest of a bundle of the film that is shown, and has it stamped when an authority is configured and answers.
Result<AdminReply> export_sign(Core& core, ipc::Message& request, UtcTime now);

}  // namespace frostgate::serve
