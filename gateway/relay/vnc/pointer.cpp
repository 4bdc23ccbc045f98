#include "gateway/relay/vnc/pointer.h"

#include <algorithm>
#include <cstdlib>

namespace frostgate::relay::vnc {
namespace {

constexpr int kNotch = 120;
constexpr int kMaxNotches = 32;  // of one event: what a hostile client may make us send
constexpr int kRealButtons = 7;  // left, middle and right are bits 0 to 2 on both sides
constexpr int kUp = 8, kDown = 16, kLeftwards = 32, kRightwards = 64;

void click(std::vector<std::uint8_t>& masks, int buttons, int& rest, int delta, int positive, int negative) {
  constexpr int kLimit = kNotch * kMaxNotches;
  rest = std::clamp(rest + std::clamp(delta, -kLimit, kLimit), -kLimit, kLimit);
  for (; std::abs(rest) >= kNotch; rest += rest > 0 ? -kNotch : kNotch) {
    masks.push_back(static_cast<std::uint8_t>(buttons | (rest > 0 ? positive : negative)));
    masks.push_back(static_cast<std::uint8_t>(buttons));
  }
}

}  // namespace

std::vector<std::uint8_t> PointerEncoder::encode(const PointerEvent& event) {
  // RFB's bit 7 is a back button, but which button a server makes of it differs: the two side buttons stay here.
  const int buttons = event.buttons & kRealButtons;
  std::vector<std::uint8_t> masks{static_cast<std::uint8_t>(buttons)};
  click(masks, buttons, wheel_, event.wheel, kUp, kDown);
  click(masks, buttons, wheel_horizontal_, event.wheel_horizontal, kRightwards, kLeftwards);
  return masks;
}

PointerEvent PointerDecoder::decode(int mask, Point position) {
  const int pressed = mask & ~last_mask_;
  last_mask_ = mask;
  PointerEvent event{.position = position, .buttons = static_cast<std::uint8_t>(mask & kRealButtons)};
  event.wheel = ((pressed & kUp) ? kNotch : 0) - ((pressed & kDown) ? kNotch : 0);
  event.wheel_horizontal = ((pressed & kRightwards) ? kNotch : 0) - ((pressed & kLeftwards) ? kNotch : 0);
  return event;
}

}  // namespace frostgate::relay::vnc
