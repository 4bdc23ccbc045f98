// A policy's regions as serve sends them to its workers (gateway/ipc/FORMAT.md).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <nlohmann/json.hpp>

#include "codec/base/result.h"
#include "redaction/policy.h"

namespace frostgate::redact {

nlohmann::json to_json(const std::vector<redaction::RegionRule>& regions);
// The pixels of their pictures, one after the other, four bytes each; empty when there is none.
std::vector<std::byte> picture_pixels(const std::vector<redaction::RegionRule>& regions);
// Errors: invalid, when it is not what to_json and picture_pixels make, or a region that is found by a picture has none.
Result<std::vector<redaction::RegionRule>> region_rules(const nlohmann::json& json, std::span<const std::byte> pixels);

}  // namespace frostgate::redact
