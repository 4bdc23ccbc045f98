// Whose signatures count: the certificate in use, and those that signed before.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "codec/base/result.h"

namespace frostgate::evidence {

// The fingerprints in two PEM files; `earlier` may be empty, which stands for no file.
Result<std::vector<std::string>> trusted_signers(const std::filesystem::path& certificate, const std::filesystem::path& earlier);

}  // namespace frostgate::evidence
