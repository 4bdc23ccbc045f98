// A picture at a quarter of its size in both directions, in which large type is as small as other type.
#pragma once

#include <vector>

#include "codec/base/frame.h"
#include "codec/base/geometry.h"

namespace frostgate::redaction {

inline constexpr int kQuarter = 4;

// Every pixel the mean of a square of four by four; at the right and lower edge of what is left of one.
Frame quarter_of(FrameView picture);

// That of a screen, kept up to date with what changes on it.
class QuarterScreen {
 public:
  // All of the screen where its size is another one than before.
  void update(FrameView screen, const std::vector<Rect>& damage);
  FrameView view() const { return quarter_.view(); }

 private:
  Size size_;  // of the screen
  Frame quarter_;
};

}  // namespace frostgate::redaction
