// Says of the decoded frames of a film whether they show what they must not. Knows nothing of masks, plans or reports: only the film,
// and what really stood on the screen.
#pragma once

#include <string>
#include <vector>

#include "codec/base/frame.h"

namespace frostgate::corpus {

// How much the film looks like the recorded screen where a secret stood: the highest correlation (-1 to 1) of their fine structure in any
// window of three cells' width. A row that is shown has nearly 1 however coarse the codec was; one that is covered has nearly 0.
double likeness(FrameView recorded, FrameView film, const Rect& cells, int cell_width);

// Above this a part of the secret can be made out.
inline constexpr double kRecognisable = 0.5;

// Whether text that was read holds a run of the secret: letters that reading confuses are taken for the same, blanks for nothing. Runs of
// six letters, of eight in secrets of more than twenty: random text holds such a run once in 10^9 places.
bool holds_part_of(const std::string& read, const std::string& secret, std::size_t public_prefix);

}  // namespace frostgate::corpus
