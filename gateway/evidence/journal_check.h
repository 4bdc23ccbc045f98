// What is kept of a session that has no film yet: its journal, and the keys of what was and will be made of it.
#pragma once

#include <vector>

#include "gateway/evidence/verification.h"
#include "storage/catalog/recordings.h"

namespace frostgate::evidence {

// Until its film is published a recording is its journal: that must be there, with its keys, and hold what was written where there is a key-encryption key to
// read it. Nothing of a recording that has a film, or that never had a picture.
void check_unfinished(const Holdings& holdings, const catalog::Recording& recording, std::vector<Problem>& problems);

}  // namespace frostgate::evidence
