// Reads `directory` of the configuration.
#pragma once

#include <filesystem>

#include "gateway/config/yaml_reader.h"
#include "gateway/directory/settings.h"

namespace frostgate::directory {

// An absent section gives settings without servers. Problems are the reader's.
Settings read_settings(config::MappingReader& in, const std::filesystem::path& base);

}  // namespace frostgate::directory
