// Labels whose value stands somewhere else than after them: in the field right of them, below them, in their column.
#pragma once

#include <vector>

#include "redaction/detectors/label_words.h"

namespace frostgate::redaction {

void find_around(const ScreenText& screen, std::size_t line, const std::vector<LabelMatch>& labels, Findings& findings);

}  // namespace frostgate::redaction
