// Where the background of a line ends for good: a border, or another window. Pure.
#pragma once

#include "codec/base/frame.h"
#include "redaction/lines/segmentation.h"

namespace frostgate::redaction {

// The first column left of the line that still has its background, and the first one right of it that has not.
int panel_start(FrameView frame, const LineBox& line);
int panel_end(FrameView frame, const LineBox& line);

}  // namespace frostgate::redaction
