// Legal holds in the catalog against what the ledger says of them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gateway/evidence/verification.h"
#include "storage/catalog/deletions.h"

namespace frostgate::evidence {

// `row`: in the catalog, `noted`: by the ledger; nothing: not held.
void compare_hold(const std::string& recording, const std::optional<catalog::Hold>& row, const std::optional<catalog::Hold>& noted, std::vector<Problem>& problems);

// Of one recording.
void check_hold(const Holdings& holdings, const std::string& recording, std::vector<Problem>& problems);

}  // namespace frostgate::evidence
