// Policies as texts, for the tests of what they say.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <utility>

#include "gateway/policy/policy.h"
#include "tests/unit/gateway/files.h"

namespace frostgate::test {

inline Result<policy::Policy> load(const std::string& text) {
  const storage::TemporaryDirectory folder;
  return policy::Policy::load(write_file(folder.path() / "policy.yaml", text));
}

inline policy::Policy policy_of(const std::string& text) {
  auto loaded = load(text);
  INFO((loaded ? std::string() : loaded.error().message));
  REQUIRE(loaded);
  return std::move(loaded).value();
}

inline std::string error_of(const std::string& text) {
  const auto loaded = load(text);
  REQUIRE_FALSE(loaded);
  CHECK(loaded.error().kind == ErrorKind::invalid);
  return loaded.error().message;
}

inline std::string rule(const std::string& name, const std::string& rest) { return "  - {name: " + name + ", " + rest + "}\n"; }

}  // namespace frostgate::test
