// The equals signs and colons of a line, told by their pixels. What an engine says of a line, it says of all of it: where the letters of a label
// stand, too, moves with the secret behind it. A sign between the two does not. Pure.
#pragma once

#include <vector>

#include "codec/base/frame.h"
#include "redaction/lines/segmentation.h"

namespace frostgate::redaction {

// Columns [left, right) of the screen: the sign, and the blanks and low marks (quotes, dots, dashes) around it, up to the letters on both sides.
struct Separator {
  int left = 0;
  int right = 0;

  friend bool operator==(const Separator&, const Separator&) = default;
};

// A colon, and nothing but blanks up to other ink around it.
struct Colon {
  Separator ink;
  Separator room;
};

// Those of the whole line, from left to right; none that begins it.
std::vector<Colon> colons(FrameView frame, const LineBox& line);

// Those that begin and end within columns [from, end) of the line, from left to right.
std::vector<Separator> separators(FrameView frame, const LineBox& line, int from, int end);

}  // namespace frostgate::redaction
