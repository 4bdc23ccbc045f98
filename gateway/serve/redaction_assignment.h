// What a worker needs to know about its one recording, as the `start` message: keys, known secrets, the policy's rules.
#pragma once

#include <nlohmann/json.hpp>

#include "gateway/serve/core.h"
#include "storage/catalog/recordings.h"

namespace frostgate::serve {

// Holds secrets: for one worker's channel only, whose text is wiped.
Result<nlohmann::json> redaction_assignment(Core& core, const catalog::Recording& row);

}  // namespace frostgate::serve
