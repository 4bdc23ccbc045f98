// What a plan covers at a time. Values only.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "codec/base/geometry.h"
#include "codec/base/time.h"
#include "redaction/plan.h"

namespace frostgate::redaction {

struct Cover {
  Rect box;                     // within the screen
  std::optional<Colour> paper;  // a region has none and takes its colour from around it
  bool held = false;            // not filled: it goes on showing what it did (motion.h)

  friend bool operator==(const Cover&, const Cover&) = default;
  bool operator<(const Cover& other) const;
};

class CoverTimeline {
 public:
  // `plan` outlives it.
  explicit CoverTimeline(const RedactionPlan& plan) : plan_(&plan) {}

  // Sorted, none within another but for what is held. Times never go back. Later than what the plan has decided, everything is covered.
  std::vector<Cover> at(SessionTime at, Size screen);

 private:
  const RedactionPlan* plan_;
  std::size_t next_mask_ = 0;
  std::size_t next_unread_ = 0;
  std::size_t next_region_ = 0;
  std::size_t next_hold_ = 0;
  std::vector<std::size_t> open_masks_;
  std::vector<std::size_t> open_unread_;
  std::vector<std::size_t> open_regions_;
  std::vector<std::size_t> open_holds_;
};

}  // namespace frostgate::redaction
