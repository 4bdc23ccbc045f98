// Names in a policy: "*" stands for any run of characters, and nothing else is special.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace frostgate::policy {

bool matches(std::string_view pattern, std::string_view text);
bool any_matches(const std::vector<std::string>& patterns, std::string_view text);

}  // namespace frostgate::policy
