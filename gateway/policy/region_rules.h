// One entry of `regions` in a policy's rule.
#pragma once

#include "gateway/config/yaml_reader.h"
#include "redaction/policy.h"

namespace frostgate::policy {

// What is wrong becomes a problem of the reader, with file and line.
redaction::RegionRule read_region(config::MappingReader& in);

}  // namespace frostgate::policy
