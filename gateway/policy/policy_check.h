// What is right in a policy and still looks wrong. Pure.
#pragma once

#include <string>
#include <vector>

#include "gateway/policy/policy.h"

namespace frostgate::policy {

// "FILE:LINE: what was found" of each: rules that can never match because an earlier one matches all that they match, groups that
// nobody defines, hours and reviews that are over.
std::vector<std::string> warnings(const Policy& policy, UtcTime now);

// The conditions of `narrow` that let through what those of `wide` do not, or of which it cannot be told.
std::vector<Condition> uncovered(const Rule& wide, const Rule& narrow);
// Whether whatever matches `narrow` matches `wide` too. False when it cannot be told.
bool covers(const Rule& wide, const Rule& narrow);

}  // namespace frostgate::policy
