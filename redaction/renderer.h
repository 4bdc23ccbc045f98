// The second pass: covers the boxes of a plan. The only maker of a ClearedFrame.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "codec/base/cleared_frame.h"
#include "codec/base/frame.h"
#include "codec/base/geometry.h"
#include "codec/base/time.h"
#include "redaction/cover_timeline.h"
#include "redaction/plan.h"

namespace frostgate::redaction {

// Give it the states that the plan's Redactor has seen, in the same order and at the same times; a state may be given
// again at any later time before the next (a repeat for the player). Times never go back. One thread at a time.
class Renderer {
 public:
  explicit Renderer(RedactionPlan plan);

  // `damage` is what changed since the frame of the call before. The cleared frame's `changed` also has the boxes that
  // came or went, and nothing of what changed under those that stayed; the first frame of a size has changed as a whole.
  ClearedFrame render(SessionTime at, FrameView frame, const Region& damage);

  const RedactionPlan& plan() const { return *plan_; }

  // From the next frame on. Frames that were made by the plan before stay as they are: see RedactionPlan::differs_from.
  void follow(RedactionPlan plan);
  // A renderer of the same plan, from the beginning.
  Renderer again() const { return Renderer(plan_); }
  // Of the frame rendered last.
  const std::vector<Cover>& covers() const { return covers_; }

 private:
  struct Filling {
    Rect box;
    Colour colour = 0;
    friend bool operator==(const Filling&, const Filling&) = default;
  };

  FrameView held_back(FrameView frame, const Region& changed, const std::vector<Rect>& held);
  std::vector<Rect> filled_before(const std::vector<Filling>& fillings, bool fresh) const;

  explicit Renderer(std::shared_ptr<const RedactionPlan> plan) : plan_(std::move(plan)), covered_(*plan_) {}

  std::shared_ptr<const RedactionPlan> plan_;  // covered_ looks into it
  CoverTimeline covered_;
  std::vector<Cover> covers_;  // of the frame before, sorted
  std::vector<Filling> fillings_;  // of the frame before
  std::shared_ptr<Frame> shown_;  // the frame before
  Frame plain_;                   // what it shows without its covers; only where something is ever held
  std::vector<Rect> unknown_;     // what was held already when the first frame came: covered
};

}  // namespace frostgate::redaction
