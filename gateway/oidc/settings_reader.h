#pragma once

#include <filesystem>

#include "gateway/config/yaml_reader.h"
#include "gateway/oidc/settings.h"

namespace frostgate::oidc {

// Problems are the reader's. Relative paths are relative to `base`.
Settings read_settings(config::MappingReader& in, const std::filesystem::path& base);

}  // namespace frostgate::oidc
