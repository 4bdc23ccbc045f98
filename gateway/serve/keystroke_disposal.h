// What a recording's keystrokes were kept for is done once its film is published: then their key is destroyed, and after
// it their files. A recording whose redaction failed keeps them, like its journal, until somebody decides.
#pragma once

#include <string>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "gateway/serve/core.h"

namespace frostgate::serve {

// Does nothing unless the recording is clean or degraded. May be interrupted anywhere and called again: the folder goes
// last, so that as long as it is there something is left to do.
Result<void> dispose_of_keystrokes(Core& core, const std::string& recording, UtcTime now);

// A folder of journal files, with what is in it but no other folder. One that is gone is no error.
Result<void> remove_journal_folder(const std::filesystem::path& folder);

// For every recording that still has its folder: what a crash or a busy database left undone. What fails is logged.
void dispose_of_leftover_keystrokes(Core& core, UtcTime now);

}  // namespace frostgate::serve
