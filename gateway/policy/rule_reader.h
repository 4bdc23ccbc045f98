// One entry of `rules` in a policy.
#pragma once

#include "gateway/config/yaml_reader.h"
#include "gateway/policy/rule.h"

namespace frostgate::policy {

// What is wrong becomes a problem of the reader, with file and line.
Hours read_hours(config::MappingReader& in);
Rule read_rule(config::MappingReader& in);

}  // namespace frostgate::policy
