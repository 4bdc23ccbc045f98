// What may be type though it is not a line: slanted or upright, very large, on a photo or a gradient. It is never read,
// so it is looked for with a bias towards finding it. Pure.
#pragma once

#include <vector>

#include "codec/base/frame.h"
#include "codec/base/geometry.h"
#include "redaction/lines/ink.h"
#include "redaction/lines/segmentation.h"

namespace frostgate::redaction {

// Boxes around strokes that stand like letters, where `ink` has any; not in `accounted`, where lines have been read or
// are covered. `quarter` is that of the frame (quarter.h). A box may reach out of the ink's band. Sorted by y, then x; none within another.
std::vector<LineBox> find_loose_type(FrameView frame, FrameView quarter, const InkMap& ink, const std::vector<Rect>& accounted);

}  // namespace frostgate::redaction
