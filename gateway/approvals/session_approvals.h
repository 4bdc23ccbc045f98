// Which approvals a session was let in by, paused by, and so on: what its film's manifest says about them.
#pragma once

#include <optional>
#include <vector>

#include "codec/base/result.h"
#include "gateway/approvals/lifecycle.h"
#include "storage/catalog/catalog.h"
#include "storage/catalog/recordings.h"

namespace frostgate::approvals {

// The one that let the session in; nothing, when none did. One for a window is found for each of its sessions, though it names its last alone.
Result<std::optional<Request>> start_approval(catalog::Catalog& catalog, const catalog::Recording& session);

// That one, and each that was used on the running session since: to pause or stop its recording, or to join it. In the order in which they were asked for.
Result<std::vector<Request>> approvals_of_session(catalog::Catalog& catalog, const catalog::Recording& session);

}  // namespace frostgate::approvals
