// A password or key that the configuration keeps in a file of its own.
#pragma once

#include <filesystem>
#include <string>

#include "codec/base/result.h"
#include "codec/base/secret.h"

namespace frostgate {

// Without line ends at its end. `what` is whose it is, in the error: not_found; invalid, when others may read it, or it is empty or larger than 4 KiB.
Result<Secret> read_secret_file(const std::filesystem::path& file, const std::string& what);

}  // namespace frostgate
