// The second pass: covers the boxes of a plan. The only maker of a ClearedFrame.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "codec/base/cleared_frame.h"
#include "codec/base/frame.h"
#include "codec/base/geometry.h"
#include "codec/base/time.h"
#include "redaction/plan.h"

namespace frostgate::redaction {

// Give it the states that the plan's Redactor has seen, in the same order and at the same times; a state may be given
// again at any later time before the next (a repeat for the player). Times never go back. One thread at a time.
class Renderer {
 public:
  explicit Renderer(RedactionPlan plan);

  // `damage` is what changed since the frame of the call before. The cleared frame's `changed` also has the boxes that
  // came or went; the first frame of a size has changed as a whole.
  ClearedFrame render(SessionTime at, FrameView frame, const Region& damage);

  const RedactionPlan& plan() const { return plan_; }

 private:
  struct Cover {
    Rect box;
    std::optional<Colour> paper;  // a region has none and takes its colour from around it

    bool operator<(const Cover& other) const;
  };

  std::vector<Cover> covers_at(SessionTime at, Size screen);

  RedactionPlan plan_;
  std::size_t next_mask_ = 0;
  std::size_t next_unread_ = 0;
  std::vector<std::size_t> open_masks_;
  std::vector<std::size_t> open_unread_;
  std::vector<Cover> covers_;  // of the frame before, sorted
  std::optional<Size> size_;
};

}  // namespace frostgate::redaction
