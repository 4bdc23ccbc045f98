// A recording whose redaction failed for good is quarantined: nothing of it is published or handed out, and its journal,
// keystrokes and keys stay, until somebody decides.
#pragma once

#include <string>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "gateway/serve/core.h"
#include "storage/catalog/recordings.h"

namespace frostgate::serve {

// Notes it with its reason ("engine_failed", ...) and what happened, and says it in one line of the log.
Result<void> quarantine(Core& core, const std::string& recording, const std::string& reason, const std::string& what);

// Recordings whose job died without anybody there to note it: serve crashed in its last attempt.
void quarantine_abandoned(Core& core);

// The recording, when its film may be handed out; `denied` when it is quarantined, `not_found` when it has none yet.
Result<catalog::Recording> released(Core& core, const std::string& recording);

// Tries the redaction of a quarantined recording again. `denied` for others.
Result<void> retry_redaction(Core& core, const std::string& recording, UtcTime now);

}  // namespace frostgate::serve
