// Administration of recordings: requests of gateway/ipc/FORMAT.md, as the others of admin.h. What a film shows, and how much of it was masked, is told of those
// films alone whose gate `watch` is open to who asks (member `by`).
#pragma once

#include "gateway/serve/admin.h"
#include "storage/catalog/recordings.h"

namespace frostgate::serve {

// Nothing of its film.
nlohmann::json summary(const catalog::Recording& recording);

Result<AdminReply> recordings_list(Core& core, ipc::Message& request, UtcTime now);
Result<AdminReply> recordings_show(Core& core, ipc::Message& request, UtcTime now);
// The gate was asked by who lets them be asked (announced_look.h).
Result<AdminReply> recordings_segments(Core& core, ipc::Message& request, UtcTime now);
Result<AdminReply> recordings_segment(Core& core, ipc::Message& request, UtcTime now);
Result<AdminReply> recordings_storyboard(Core& core, ipc::Message& request, UtcTime now);
Result<AdminReply> recordings_thumbnail(Core& core, ipc::Message& request, UtcTime now);
Result<AdminReply> recordings_retry(Core& core, ipc::Message& request, UtcTime now);

}  // namespace frostgate::serve
