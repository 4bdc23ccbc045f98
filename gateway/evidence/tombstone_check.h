// What was deleted against the tombstones that say so. Private to this room.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "gateway/evidence/verification.h"
#include "storage/catalog/deletions.h"

namespace frostgate::evidence {

// `deleted`: what the ledger says was deleted, and the digest of the tombstone's signature. Notes problems.
void check_tombstones(const Holdings& holdings, const std::map<std::string, std::string>& deleted, std::vector<Problem>& problems);

// Of one recording that was deleted: its signed text against what the catalog says of it. Notes problems.
void check_tombstone(const Holdings& holdings, const catalog::Tombstone& row, std::vector<Problem>& problems);

}  // namespace frostgate::evidence
