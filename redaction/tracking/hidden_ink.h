// The ink that a mask hides, as it was when its secret was found. What stands there later is never compared with anything but this.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "codec/base/frame.h"
#include "redaction/lines/segmentation.h"

namespace frostgate::redaction {

struct LiveLine;

class HiddenInk {
 public:
  // Of `line`, as `screen` shows it, what stands in `box`. Without area when nothing does.
  HiddenInk(FrameView screen, const LiveLine& line, const Rect& box);

  const Rect& place() const { return place_.box; }
  // The same ink, `by` away.
  HiddenInk moved(Point by) const;

  // Whether most of it stands on `screen` in its place.
  bool mostly_stands_on(FrameView screen) const;
  // Whether some of it does: most of it, or several rows of it, or a stretch of two characters.
  bool stands_on(FrameView screen) const;
  // Whether a pixel of it stands there, with the paper and the ink beside it, outside of all of `read`.
  bool leaves_traces(FrameView screen, std::span<const Rect> read) const;
  // Whether what `line` shows in its place is some of it, and nothing else to speak of. A few letters are not, behind other words than
  // those that stood in front of the ink: what is typed there may well begin with the letter that the secret begins with.
  bool makes_up(FrameView screen, const LiveLine& line) const;
  // Whether `line` says in its place some of what it said: in other colours, or read otherwise.
  bool told_by(const LiveLine& line) const;

  friend bool operator==(const HiddenInk& a, const HiddenInk& b) { return a.pixels_ == b.pixels_ && a.place_ == b.place_; }

 private:
  // Whether it may be what `line` says behind its first words.
  bool may_follow(const LiveLine& line) const;

  std::shared_ptr<const Frame> pixels_;  // of place_.box
  std::shared_ptr<const std::u32string> text_;
  std::shared_ptr<const std::u32string> lead_;  // what its line said in front of it
  LineBox place_;
};

}  // namespace frostgate::redaction
