// What a worker needs to know about its one recording, as the `start` message: keys, known secrets, the policy's rules.
#pragma once

#include <cstddef>
#include <vector>

#include <nlohmann/json.hpp>

#include "gateway/serve/core.h"
#include "storage/catalog/recordings.h"

namespace frostgate::serve {

struct RedactionAssignment {
  nlohmann::json start;  // holds secrets: for one worker's channel only, whose text is wiped
  std::vector<std::byte> picture_pixels;  // of the regions that are found by a picture (redact::picture_pixels)
};
Result<RedactionAssignment> redaction_assignment(Core& core, const catalog::Recording& row);

}  // namespace frostgate::serve
