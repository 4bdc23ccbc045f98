// Reads `alerts` of the configuration.
#pragma once

#include <filesystem>

#include "gateway/alerts/settings.h"
#include "gateway/config/yaml_reader.h"

namespace frostgate::alerts {

// Paths that are not absolute are relative to `base`. Problems go to the reader.
Settings read_settings(config::MappingReader& in, const std::filesystem::path& base);

}  // namespace frostgate::alerts
