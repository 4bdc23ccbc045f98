// Regular expressions over folded text.
#pragma once

#include <re2/re2.h>
#include <re2/set.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace frostgate::redaction {

// RE2 syntax in which every plain word is folded first: letters and digits outside of escapes and character classes.
// A character that the reader could not tell stands for any of them. So patterns are written in plain English and match
// text as OCR gives it. Aborts on a pattern RE2 does not accept: only for the patterns of this room.
std::unique_ptr<re2::RE2> folded_pattern(std::string_view pattern);

// Calls `visit(first, end)` with the extent of the group for every match, left to right.
void each_match(const re2::RE2& pattern, std::string_view text, int group,
                const std::function<void(std::size_t, std::size_t)>& visit);

// Many folded patterns, searched for in one pass.
class FoldedPatterns {
 public:
  explicit FoldedPatterns(const std::vector<std::string_view>& patterns);
  // Calls `visit(number, first, end)` with the extent of group 1 for every match of each pattern, in their order.
  void each_match(std::string_view folded, const std::function<void(std::size_t, std::size_t, std::size_t)>& visit) const;

 private:
  std::vector<std::unique_ptr<re2::RE2>> patterns_;
  std::unique_ptr<re2::RE2::Set> all_;
};

}  // namespace frostgate::redaction
