// Where a policy gives more than the one that it replaces. Pure.
#pragma once

#include <string>
#include <vector>

#include "gateway/policy/policy.h"

namespace frostgate::policy {

// "FILE:LINE: what is wider" of each. Rules are held against the one of the same name; a new one that allows, against all that allowed. What
// cannot be told counts as wider, and so does a rule that comes before one that denied and came first.
std::vector<std::string> widenings(const Policy& before, const Policy& after);

}  // namespace frostgate::policy
