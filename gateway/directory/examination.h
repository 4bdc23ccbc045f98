// Looks at the directory step by step, for an administrator who sets it up: `frostgate doctor` and `frostgate directory test`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codec/base/secret.h"
#include "codec/base/time.h"
#include "gateway/directory/settings.h"

namespace frostgate::directory {

struct Step {
  bool good = false;
  std::string text;
};

// Each server: reached over TLS, our account accepted, both bases there.
std::vector<Step> examine_servers(const Settings& settings);

// Somebody, on the first server that works: the entry, the account, the groups and, when one is given, the password. Stops at the first step that fails.
std::vector<Step> examine_user(const Settings& settings, const std::string& user, const std::optional<Secret>& password, UtcTime now);

}  // namespace frostgate::directory
