// One entry of `regions` in a policy's rule.
#pragma once

#include <optional>

#include "gateway/config/yaml_reader.h"
#include "gateway/policy/region_picture.h"
#include "redaction/policy.h"

namespace frostgate::policy {

struct RegionEntry {
  redaction::RegionRule rule;            // of a picture, `text` is its file's name
  std::optional<RegionPicture> picture;  // not read yet
};

// What is wrong becomes a problem of the reader, with file and line.
RegionEntry read_region(config::MappingReader& in);

}  // namespace frostgate::policy
