// Names in a policy: "*" stands for any run of characters, and nothing else is special.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace frostgate::policy {

bool matches(std::string_view pattern, std::string_view text);
bool any_matches(const std::vector<std::string>& patterns, std::string_view text);
// Whether each wanted tag is there with a value that its pattern matches.
bool all_tags_match(const std::map<std::string, std::string>& wanted, const std::map<std::string, std::string>& have);

}  // namespace frostgate::policy
