// A configuration of a test's own folder.
#pragma once

#include <catch2/catch.hpp>

#include "gateway/config/config.h"
#include "tests/unit/gateway/files.h"

namespace frostgate {

class ConfigFile {
 public:
  // Of what a configuration needs and `text`.
  Result<config::Config> load(const std::string& text) { return config::load(write_file(folder_.path() / "gateway.yaml", "data_dir: data\npolicy: policy.yaml\n" + text)); }
  std::string error(const std::string& text) {
    const auto loaded = load(text);
    REQUIRE_FALSE(loaded);
    return loaded.error().message;
  }
  std::filesystem::path path(const char* name) const { return folder_.path() / name; }

 private:
  storage::TemporaryDirectory folder_;
};

}  // namespace frostgate
