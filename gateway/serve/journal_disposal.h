// A journal has done its work when the film is published: after the configured grace its key is destroyed, and after it its files. From then
// on nobody can see what the film covers. Where the policy keeps the original, its key is sealed for custodians instead, and the files stay. A recording whose redaction failed keeps its
// journal until somebody decides.
#pragma once

#include <string>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "gateway/serve/core.h"

namespace frostgate::serve {

// Whether it is gone now. Does nothing unless the recording is clean or degraded, and the grace since it was published is over. May be interrupted anywhere and called again: the folder goes last.
Result<bool> dispose_of_journal(Core& core, const std::string& recording, UtcTime now);

// For every recording that still has its folder. What fails is logged. False: some of it failed, and is to be tried again.
bool dispose_of_due_journals(Core& core, UtcTime now);

}  // namespace frostgate::serve
