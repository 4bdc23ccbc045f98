// Originals that the policy keeps: sealed for custodians once their film is there, and opened with the custodians' shares and an approval. Serve never
// has the key of a sealed one: who opens it puts it together, and reads the journal.
#pragma once

#include "codec/base/geometry.h"
#include "codec/base/result.h"
#include "codec/base/time.h"
#include "gateway/serve/admin.h"
#include "gateway/serve/core.h"
#include "storage/catalog/recordings.h"

namespace frostgate::serve {

// Splits the journal's key for the configured custodians, and destroys the wrapped one; nothing when it is sealed already. May be interrupted anywhere and called
// again. Whether it is sealed now: it is not, and never will be, when the key is gone and there are no shares, since an earlier catalog was put back. An error when a
// certificate cannot be read or is not valid now, or while the catalog is busy: the key stays until then.
Result<bool> seal_original(Core& core, const catalog::Recording& row, UtcTime now);

// Member `area` of a request: x, y, width, height; empty when it is not given.
Result<Rect> area_of(const ipc::Message& request);

// Requests of the control socket: gateway/ipc/FORMAT.md.
Result<AdminReply> original_shares(Core& core, ipc::Message& request, UtcTime now);
Result<AdminReply> original_open(Core& core, ipc::Message& request, UtcTime now);

}  // namespace frostgate::serve
