// The part of a policy's rule that says what the redactor looks for: `profile` and `detectors`.
#pragma once

#include "gateway/config/yaml_reader.h"
#include "redaction/detectors/detectors.h"

namespace frostgate::policy {

// Reads both keys of a rule; what is wrong becomes a problem of its reader, with file and line.
redaction::DetectorSettings read_detector_rules(config::MappingReader& rule);

}  // namespace frostgate::policy
