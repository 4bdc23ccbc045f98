// The ledger against itself, against its heads, and against the recordings and tombstones that are there. Private to this room.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "gateway/evidence/restoration.h"
#include "gateway/evidence/verification.h"

namespace frostgate::evidence {

// Adds to problems and notes, and says how many entries the ledger has. `known`: the recordings in the catalog. The restorations that the ledger and
// the vault agree on.
std::vector<Restoration> check_ledger(const Holdings& holdings, const std::set<std::string>& known, const std::vector<SignedHead>& outside_heads, Verification& out);

}  // namespace frostgate::evidence
