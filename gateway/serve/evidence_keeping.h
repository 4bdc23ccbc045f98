// What serve does for evidence beside publishing: time-stamps for manifests that have none yet, and signed heads of the ledger.
#pragma once

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "gateway/serve/core.h"

namespace frostgate::serve {

// Asks the configured authority, if there is one, to stamp the manifests that wait for it; how many it did. Ends at the first that fails:
// the authority is then asked again later. Blocks for up to 20 s for each.
Result<int> stamp_manifests(Core& core);

// Signs the ledger as it is now, and takes the head to each place outside that is configured: with the tombstones to the directory, in a
// sentence to each syslog sink, its signature to the time-stamp authority. Nothing when the ledger is empty. Blocks for up to 30 s.
Result<void> keep_head(Core& core, UtcTime now);

// Copies the tombstones that are not there yet to the configured directory, if there is one: what was deleted must stay deleted also when the
// vault is an earlier copy.
Result<void> copy_tombstones_out(Core& core);

}  // namespace frostgate::serve
