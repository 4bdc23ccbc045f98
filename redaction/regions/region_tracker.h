// Where the regions of a policy are, in every state. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "codec/base/frame.h"
#include "codec/base/time.h"
#include "redaction/policy.h"
#include "redaction/text_line.h"

namespace frostgate::redaction {

// Covered at `from` <= t < `to`, because the policy says so.
struct RegionArea {
  std::string name;
  SessionTime from{};
  SessionTime to{};
  Rect box;
};

class RegionTracker {
 public:
  explicit RegionTracker(std::vector<RegionRule> rules);

  // A state of this size is about to be looked at: rectangles are known before.
  void place_rectangles(Size screen);

  // The next state: `lines` is all text on it, `before` the time of the state before. A place that is new is covered from
  // then on, since it may have been half drawn. A place that is not found again stays covered until nothing of its ink
  // is left.
  void follow(SessionTime before, SessionTime at, FrameView frame, const std::vector<TextLine>& lines);

  // The first rule without `redact` that has all of `box` now; null when there is none.
  const RegionRule* open_rule_at(const Rect& box) const;
  // Where what moves is covered now, in disjoint boxes: of rules without `redact` the first that has a pixel counts.
  std::vector<Rect> covered_while_moving(Size screen) const;
  // Whether something of `box` is covered now.
  bool covers(const Rect& box) const;
  // What is covered, by `from`; what is covered now is so for ever, as far as is known.
  std::vector<RegionArea> areas() const;

 private:
  struct Leftover {
    Rect box;      // of the grid
    Frame before;  // what it looked like when the region was last seen there
  };
  struct Place {
    Rect box;
    SessionTime since{};
  };
  struct Follower {
    RegionRule rule;
    std::vector<Rect> found;       // in the last state
    std::vector<Place> covered;
    std::vector<Leftover> leftovers;
  };

  std::vector<Rect> find(const RegionRule& rule, FrameView frame, const std::vector<TextLine>& lines) const;
  void leave_behind(Follower& follower, FrameView frame, const std::vector<Rect>& found);
  void cover(Follower& follower, SessionTime before, SessionTime at, std::vector<Rect> boxes);

  std::vector<Follower> followers_;
  std::vector<RegionArea> past_;  // what is over
  Frame last_;  // only where a region is looked for
};

}  // namespace frostgate::redaction
