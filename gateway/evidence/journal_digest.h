// What a kept journal consists of, as one digest: whether it is still the same shows without its key.
#pragma once

#include <filesystem>
#include <string>

#include "codec/base/result.h"

namespace frostgate::evidence {

// SHA-256 in hex over a line "NAME SIZE SHA256" for each file in the folder, by name, each ended by a line feed. Folders in it are not looked at. `not_found` when
// there is no such folder.
Result<std::string> journal_sha256(const std::filesystem::path& folder);

}  // namespace frostgate::evidence
