// Lines of text that another window covers in part. Pure.
#pragma once

#include <vector>

#include "codec/base/frame.h"
#include "redaction/lines/segmentation.h"

namespace frostgate::redaction {

// Where the lower (or upper) edge of another window stands over the upper (or lower) rows of a line, what it covers in part is one line, without the
// window's rows, and what is beside it another: that is whole, and can be read.
std::vector<LineBox> split_at_window(FrameView frame, const LineBox& line);

// Parts a line at each border that crosses it from above to below and has not the colour of its type: what is beyond is another window's.
std::vector<LineBox> split_at_border(FrameView frame, const LineBox& line);

// Whether another window's edge runs along the line and cuts its letters in two. They cannot be read any more.
bool torn_along(FrameView frame, const LineBox& line);

}  // namespace frostgate::redaction
