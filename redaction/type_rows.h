// On which rows a line's type stands, told from ink that may be seen: what is behind a mask must not move its box. Pure.
#pragma once

#include <optional>
#include <vector>

#include "codec/base/frame.h"
#include "redaction/lines/segmentation.h"
#include "redaction/text_line.h"

namespace frostgate::redaction {

struct TypeRows {
  int capital = 0;   // height of a capital letter
  int baseline = 0;  // the first row below the letters' feet
};

// From the characters of `text` for which `seen` is set; nothing when they are too few to tell.
std::optional<TypeRows> type_rows(FrameView frame, const LineBox& line, const TextLine& text, const std::vector<bool>& seen);

// From all ink of the line, whatever it says. Never fails; follows the letters by a pixel or two.
TypeRows rough_type_rows(FrameView frame, const LineBox& line);

// Whether the pixel is not of the line's ground.
bool inked(FrameView frame, const LineBox& line, int x, int y);

}  // namespace frostgate::redaction
