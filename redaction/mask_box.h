// Where the boxes of findings go. Told from the public parts of the lines and from the panels around them, never from what the boxes
// hide, as far as there is anything public to tell it from. Pure.
#pragma once

#include <span>
#include <vector>

#include "codec/base/frame.h"
#include "codec/base/geometry.h"
#include "redaction/detectors/detectors.h"
#include "redaction/lines/segmentation.h"
#include "redaction/text_line.h"

namespace frostgate::redaction {

// Where a rule that goes by what stands around a secret, and not by its letters, sees it begin.
struct SecretStart {
  std::size_t line = 0;
  int x = 0;
};
std::vector<SecretStart> secret_starts(std::span<const TextLine> texts, std::span<const Finding> findings);

// One box for each finding, in their order; `texts[i]` is what was read on `lines[i]` of `frame`. Boxes of one line have the same rows. A
// finding that names no line, or that another one's box hides wholly, gets an empty box. `starts` are those of the lines' usual reading, which
// hold for another reading of theirs, too.
std::vector<Rect> mask_boxes(FrameView frame, std::span<const LineBox> lines, std::span<const TextLine> texts, std::span<const Finding> findings,
                             std::span<const SecretStart> starts);

}  // namespace frostgate::redaction
