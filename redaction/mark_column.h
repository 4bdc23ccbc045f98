// Columns of single letters and digits in a table (`top`, `ps`, `kubectl get pods`): they stand under each other as type that runs
// downwards does, but each was read, in the row of a longer line. Pure.
#pragma once

#include <vector>

#include "codec/base/geometry.h"
#include "redaction/lines/ink.h"
#include "redaction/tracking/live_line.h"

namespace frostgate::redaction {

// Whether all `ink` in `type`, which is higher than wide, is of lines of one or two characters that were read and stand on the
// ground and within the rows of a longer line that was read, to the left or the right of it.
bool is_mark_column(const std::vector<LiveLine>& lines, const InkMap& ink, const Rect& type);

}  // namespace frostgate::redaction
