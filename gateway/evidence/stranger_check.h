// Films in the vault that the catalog does not know: deleted on purpose, lost with a catalog that was given up, or gone from it without a word.
// Private to this room.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "gateway/evidence/restoration.h"
#include "gateway/evidence/verification.h"

namespace frostgate::evidence {

// Adds to problems, losses and notes. `known`: the recordings in the catalog; `restorations`: those that its ledger and the vault agree on.
void check_strangers(const Holdings& holdings, const std::set<std::string>& known, const std::vector<Restoration>& restorations, Verification& out);

}  // namespace frostgate::evidence
