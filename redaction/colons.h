// A line as an engine has read it, its colons where the pixels have them. An engine takes a colon of small type for a blank, a letter or nothing,
// depending on the letters beside it; what it means depends on none of them. Pure.
#pragma once

#include <span>
#include <vector>

#include "redaction/separators.h"
#include "redaction/text_line.h"

namespace frostgate::redaction {

// `seen` are the colons of the line's pixels; `read` may have each of them up to a line's height beside its place.
std::vector<Character> with_colons(std::vector<Character> read, std::span<const Colon> seen, const Rect& line);

}  // namespace frostgate::redaction
