// The files beside catalog and vault that a gateway needs: its configuration, and what that names. In a backup each has a name, and its path
// follows from the configuration: a backup says nothing of where files go.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "gateway/config/config.h"

namespace frostgate::backup {

inline constexpr const char* kConfigurationName = "configuration";

struct ConfiguredFile {
  std::string name;
  std::filesystem::path path;
};

// All that there are. The key-encryption key is none of them: whoever has a backup must not be able to open it. `config_file` is where `config` was
// read from. Errors: the policy cannot be read.
Result<std::vector<ConfiguredFile>> configured_files(const config::Config& config, const std::filesystem::path& config_file);

// Where the file of that name belongs; `corrupt` when there is no such name.
Result<std::filesystem::path> path_of(const std::string& name, const config::Config& config, const std::filesystem::path& config_file);

}  // namespace frostgate::backup
