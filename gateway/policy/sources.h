// A policy's text: one file, or all *.yaml and *.yml of a directory, in the order of their names, as one text that can be taken
// apart again. That text is what the digest is of, and what is kept.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "codec/base/result.h"

namespace frostgate::policy {

struct Source {
  std::string name;  // for messages
  std::string text;
};

// Errors: `not_found`, `invalid` (too large, a line that only this room may write).
Result<std::vector<Source>> read_sources(const std::filesystem::path& path);
// One file stays as it is; before each of a directory's stands a line with its name.
std::string joined(const std::vector<Source>& sources, bool directory);
// The reverse; `name` stands for a text that was one file.
std::vector<Source> split(const std::string& text, const std::string& name);

}  // namespace frostgate::policy
