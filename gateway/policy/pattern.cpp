#include "gateway/policy/pattern.h"

#include <algorithm>

namespace frostgate::policy {

// Linear in practice: one point to go back to.
bool matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool any_matches(const std::vector<std::string>& patterns, std::string_view text) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const auto& pattern) { return matches(pattern, text); });
}

bool all_tags_match(const std::map<std::string, std::string>& wanted, const std::map<std::string, std::string>& have) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& tag) {
    const auto found = have.find(tag.first);
    return found != have.end() && matches(tag.second, found->second);
  });
}

}  // namespace frostgate::policy
