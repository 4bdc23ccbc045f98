// A line's pixels without its colours, and what its shape says before anybody reads it.
#pragma once

#include <vector>

#include "codec/base/frame.h"
#include "redaction/line_reader.h"
#include "redaction/lines/segmentation.h"

namespace frostgate::redaction {

// Dark on light, stretched to full contrast.
LineImage normalised(FrameView frame, const LineBox& line);

enum class Shape {
  text,     // several strokes on a plain ground: covered when it cannot be read
  mark,     // one or two strokes: a letter, a number, an icon
  picture,  // no plain ground, or more ink than type has
};
Shape shape_of(const LineImage& image);

// Whether column x (of the image) has no ink.
bool blank_column(const LineImage& image, int x);

}  // namespace frostgate::redaction
