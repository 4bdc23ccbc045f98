#include "gateway/relay/rdp/front_input.h"

#include <algorithm>

namespace frostgate::relay::rdp {

void FrontInput::keyboard(UINT16 flags, std::uint16_t code) {
  if (!sink_) return;
  KeyEvent event;
  event.down = !(flags & KBD_FLAGS_RELEASE);
  event.scancode = code & 0xFF;
  if (flags & KBD_FLAGS_EXTENDED) event.scancode |= kExtendedKey;
  if (flags & KBD_FLAGS_EXTENDED1) event.scancode |= kExtended1Key;
  sink_->key(event);
}

void FrontInput::unicode(UINT16 flags, std::uint16_t code) {
  if (!sink_) return;
  sink_->key({.down = !(flags & KBD_FLAGS_RELEASE), .unicode = code});
}

void FrontInput::move_to(UINT16 x, UINT16 y) {
  pointer_.position = {std::clamp<int>(x, 0, std::max(screen_.width - 1, 0)),
                       std::clamp<int>(y, 0, std::max(screen_.height - 1, 0))};
}

void FrontInput::set_button(std::uint8_t button, bool down) {
  if (down) {
    pointer_.buttons |= button;
  } else {
    pointer_.buttons &= static_cast<std::uint8_t>(~button);
  }
}

void FrontInput::mouse(UINT16 flags, UINT16 x, UINT16 y) {
  if (!sink_) return;
  if (flags & (PTR_FLAGS_WHEEL | PTR_FLAGS_HWHEEL)) {
    // A wheel event's position is not meant; its amount is a 9-bit two's complement number.
    const int bits = flags & WheelRotationMask;
    const int amount = bits & PTR_FLAGS_WHEEL_NEGATIVE ? bits - 0x200 : bits;
    PointerEvent event = pointer_;
    (flags & PTR_FLAGS_WHEEL ? event.wheel : event.wheel_horizontal) = amount;
    sink_->pointer(event);
    return;
  }
  move_to(x, y);
  const bool down = flags & PTR_FLAGS_DOWN;
  if (flags & PTR_FLAGS_BUTTON1) set_button(pointer_button::kLeft, down);
  if (flags & PTR_FLAGS_BUTTON2) set_button(pointer_button::kRight, down);
  if (flags & PTR_FLAGS_BUTTON3) set_button(pointer_button::kMiddle, down);
  sink_->pointer(pointer_);
}

void FrontInput::extended_mouse(UINT16 flags, UINT16 x, UINT16 y) {
  if (!sink_) return;
  move_to(x, y);
  const bool down = flags & PTR_XFLAGS_DOWN;
  if (flags & PTR_XFLAGS_BUTTON1) set_button(pointer_button::kBack, down);
  if (flags & PTR_XFLAGS_BUTTON2) set_button(pointer_button::kForward, down);
  sink_->pointer(pointer_);
}

void FrontInput::synchronize(UINT32 flags) {
  if (!sink_) return;
  sink_->lock_keys({.scroll = (flags & KBD_SYNC_SCROLL_LOCK) != 0,
                    .num = (flags & KBD_SYNC_NUM_LOCK) != 0,
                    .caps = (flags & KBD_SYNC_CAPS_LOCK) != 0,
                    .kana = (flags & KBD_SYNC_KANA_LOCK) != 0});
}

}  // namespace frostgate::relay::rdp
