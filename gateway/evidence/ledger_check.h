// The ledger against itself, against its heads, and against the recordings and tombstones that are there. Private to this room.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "gateway/evidence/verification.h"

namespace frostgate::evidence {

// Notes problems, and returns how many entries the ledger has. `known`: the recordings in the catalog.
std::int64_t check_ledger(const Holdings& holdings, const std::set<std::string>& known, const std::vector<SignedHead>& outside_heads,
                          std::vector<Problem>& problems);

}  // namespace frostgate::evidence
