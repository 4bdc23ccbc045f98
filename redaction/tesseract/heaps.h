// The LSTM engine tells where it decided for a letter, not where the letter is: when it decides late, the boxes of several letters lie in a
// heap behind (or before) the ink that they were read from. A mask that begins at such a box would leave the first letters of a secret bare.
#pragma once

#include <vector>

#include "redaction/line_reader.h"

namespace frostgate::redaction {

// Stretch of a line's image that the engine gave to one symbol: [from, to).
struct Stretch {
  int from = 0;
  int to = 0;
};

// Moves the boxes of each heap over the inked columns beside it that no symbol has: one run of ink each, where there are as many, else
// evenly. `symbols` are in reading order; others stay as they are.
void spread_heaps(const LineImage& image, std::vector<Stretch>& symbols);

}  // namespace frostgate::redaction
