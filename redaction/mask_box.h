// Where the box of a finding goes. Looks at the public part of the line and at the panel around it. Pure.
#pragma once

#include "codec/base/frame.h"
#include "codec/base/geometry.h"
#include "redaction/detectors/detectors.h"
#include "redaction/lines/segmentation.h"
#include "redaction/text_line.h"

namespace frostgate::redaction {

// `text` is what was read on `line` of `frame`.
Rect mask_box(FrameView frame, const LineBox& line, const TextLine& text, const Finding& finding);

// The first column right of the line where its background has ended for good: a border or another window.
int panel_end(FrameView frame, const LineBox& line);

}  // namespace frostgate::redaction
