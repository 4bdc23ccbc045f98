// RFB's pointer (RFC 6143 7.5.5): a mask in which the wheel is a click of button 4 (up), 5 (down), 6 (left) or
// 7 (right), and the button in the middle comes before the right one as in pointer_button.
#pragma once

#include <cstdint>
#include <vector>

#include "gateway/relay/input.h"

namespace frostgate::relay::vnc {

// The masks to send, in order, for each event.
class PointerEncoder {
 public:
  std::vector<std::uint8_t> encode(const PointerEvent& event);

 private:
  int wheel_ = 0;  // what has not made a whole notch yet
  int wheel_horizontal_ = 0;
};

// The events that a mask of a client means: a notch for each wheel button that went down.
class PointerDecoder {
 public:
  PointerEvent decode(int mask, Point position);

 private:
  int last_mask_ = 0;
};

}  // namespace frostgate::relay::vnc
