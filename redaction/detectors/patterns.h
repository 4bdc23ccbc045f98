// Regular expressions over folded text.
#pragma once

#include <re2/re2.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace frostgate::redaction {

// RE2 syntax in which every plain word is folded first: letters and digits outside of escapes and character classes.
// So patterns are written in plain English and match text as OCR gives it. Aborts on a pattern RE2 does not accept:
// only for the patterns of this room.
std::unique_ptr<re2::RE2> folded_pattern(std::string_view pattern);

// Calls `visit(first, end)` with the extent of the group for every match, left to right.
void each_match(const re2::RE2& pattern, std::string_view text, int group,
                const std::function<void(std::size_t, std::size_t)>& visit);

}  // namespace frostgate::redaction
