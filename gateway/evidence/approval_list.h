// Approvals as signed texts have them.
#pragma once

#include <string>
#include <vector>

#include "storage/catalog/approvals.h"

namespace frostgate::evidence {

// A JSON array with one object for each, in this order. Format: storage/FORMAT.md.
std::string approvals_json(const std::vector<catalog::ApprovalRequest>& approvals);

}  // namespace frostgate::evidence
