// A journal between two relays: its writer has paused, and another goes on with it, or serve itself ends it.
#pragma once

#include <filesystem>
#include <string>

#include "codec/base/result.h"
#include "codec/base/secret.h"
#include "codec/base/time.h"

namespace frostgate::serve {

// The first number that no file of the journal has.
int next_journal_file(const std::filesystem::path& folder);

// Whether the last file was closed so that another may follow. Error: corrupt, and what was found instead.
Result<void> check_paused(const std::filesystem::path& folder, const std::string& recording, const Secret& key);

// Ends it at that session time; where `reason` is not empty the journal says so.
Result<void> end_paused(const std::filesystem::path& folder, const std::string& recording, const Secret& key, SessionTime at,
                        const std::string& reason);

}  // namespace frostgate::serve
