// A policy's regions as serve sends them to its workers (gateway/ipc/FORMAT.md).
#pragma once

#include <vector>

#include <nlohmann/json.hpp>

#include "codec/base/result.h"
#include "redaction/policy.h"

namespace frostgate::redact {

nlohmann::json to_json(const std::vector<redaction::RegionRule>& regions);
// Errors: invalid, when it is not what to_json makes.
Result<std::vector<redaction::RegionRule>> region_rules(const nlohmann::json& json);

}  // namespace frostgate::redact
