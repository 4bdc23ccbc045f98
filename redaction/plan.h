// What a Redactor decided: every box that the film must cover, and when.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "codec/base/geometry.h"
#include "codec/base/time.h"
#include "redaction/lines/colour.h"
#include "redaction/motion.h"
#include "redaction/regions/region_tracker.h"
#include "redaction/report.h"

namespace frostgate::redaction {

// A finding: covered in every state at `from` <= t < `to`.
struct Mask {
  std::string rule;
  SessionTime from{};
  SessionTime to{};
  Rect box;
  Colour paper = 0;  // what the line stood on; the box is filled with it
  std::uint32_t secret = 0;  // a secret that moves, or is typed, has many masks, all of one number
};

// Text that nobody could read, covered while it was on screen.
struct UnreadArea {
  SessionTime from{};
  SessionTime to{};
  Rect box;
  Colour paper = 0;
};

// Only a Redactor makes one: the last word from a whole recording, or what is decided of one that goes on. Move-only.
class RedactionPlan {
 public:
  RedactionPlan(RedactionPlan&&) = default;
  RedactionPlan& operator=(RedactionPlan&&) = default;
  RedactionPlan(const RedactionPlan&) = delete;
  RedactionPlan& operator=(const RedactionPlan&) = delete;

  const std::vector<Mask>& masks() const { return masks_; }
  const std::vector<UnreadArea>& unread() const { return unread_; }
  const std::vector<RegionArea>& regions() const { return regions_; }
  const std::vector<Hold>& holds() const { return holds_; }
  const RedactionReport& report() const { return report_; }
  // What is later than this is not decided, and must not be shown. Of the last word there is nothing later.
  SessionTime until() const { return until_; }

  // The earliest time at which this plan may cover something else than `before`, an earlier plan of the same recording, as far as
  // both have decided; max() when there is none.
  SessionTime differs_from(const RedactionPlan& before) const;

 private:
  friend class Redactor;
  RedactionPlan() = default;

  std::vector<Mask> masks_;         // by `from`
  std::vector<UnreadArea> unread_;  // by `from`
  std::vector<RegionArea> regions_;  // by `from`
  std::vector<Hold> holds_;          // by `from`
  RedactionReport report_;
  SessionTime until_ = SessionTime::max();
};

}  // namespace frostgate::redaction
