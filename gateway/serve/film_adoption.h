// Films that the vault has as published, with a signed manifest, and the catalog has not: it is an earlier copy that was put back, or serve died
// between the signing and the publishing.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "codec/base/result.h"
#include "gateway/serve/core.h"
#include "storage/catalog/recordings.h"

namespace frostgate::serve {

struct Adoption {
  bool adopted = false;
  std::string problem;  // a sentence, when there is such a film and it cannot be taken over: then nothing of the recording may be removed
};

// Takes the newest such film of a recording whose row and film key the catalog has: segments, manifest, status, end and report; what only its redaction
// knew (text to search, storyboard) stays unknown. `manifests`: the keys of the recording's manifests. While nobody else writes.
Result<Adoption> adopt_film(Core& core, const catalog::Recording& row, const std::set<std::string>& manifests);

}  // namespace frostgate::serve
