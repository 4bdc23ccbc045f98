// The detectors' settings as serve sends them to its workers (gateway/ipc/FORMAT.md), without the vocabulary.
#pragma once

#include <nlohmann/json.hpp>

#include "redaction/detectors/detectors.h"

namespace frostgate::redact {

nlohmann::json to_json(const redaction::DetectorSettings& settings);
// Errors: invalid, when it is not what to_json makes.
Result<redaction::DetectorSettings> detector_settings(const nlohmann::json& json);

}  // namespace frostgate::redact
