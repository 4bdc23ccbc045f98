// The part of a rule that says what is asked before something is done: `approval`, `reason`, `ticket`, `emergency` for its sessions,
// and the same under `gates` for what is done with them and their films.
#pragma once

#include "gateway/config/yaml_reader.h"
#include "gateway/policy/rule.h"

namespace frostgate::policy {

// After `allow` was read. What is wrong becomes a problem of the reader, with file and line.
void read_gates(config::MappingReader& in, Rule& rule);

}  // namespace frostgate::policy
