#include "gateway/relay/rdp/back_input.h"

#include <algorithm>

namespace frostgate::relay::rdp {
namespace {

constexpr std::size_t kMostWaiting = 8192;

bool only_moves(const PointerEvent& event, const PointerEvent& before) {
  return event.buttons == before.buttons && event.wheel == 0 && event.wheel_horizontal == 0 && before.wheel == 0 &&
         before.wheel_horizontal == 0;
}

struct Button {
  std::uint8_t bit;
  UINT16 flag;
};
constexpr Button kButtons[] = {{pointer_button::kLeft, PTR_FLAGS_BUTTON1},
                               {pointer_button::kRight, PTR_FLAGS_BUTTON2},
                               {pointer_button::kMiddle, PTR_FLAGS_BUTTON3}};
constexpr Button kExtendedButtons[] = {{pointer_button::kBack, PTR_XFLAGS_BUTTON1},
                                       {pointer_button::kForward, PTR_XFLAGS_BUTTON2}};

}  // namespace

void BackInput::push(Item item) {
  {
    const std::lock_guard lock(mutex_);
    const auto* moved = std::get_if<PointerEvent>(&item);
    // Two movements in a row: the press that the earlier one may carry must be the same in both, and so must the one
    // before it, or a click would move to where the pointer is now.
    if (moved && waiting_.size() >= 2) {
      const auto* last = std::get_if<PointerEvent>(&waiting_.back());
      const auto* before = std::get_if<PointerEvent>(&waiting_[waiting_.size() - 2]);
      if (last && before && only_moves(*moved, *last) && only_moves(*last, *before)) waiting_.pop_back();
    }
    if (waiting_.size() >= kMostWaiting) return;
    waiting_.push_back(std::move(item));
  }
  arrived.raise();
}

bool BackInput::send(rdpInput* input, Size screen) {
  arrived.lower();
  std::deque<Item> taken;
  {
    const std::lock_guard lock(mutex_);
    taken.swap(waiting_);
  }
  for (const Item& item : taken) {
    if (!std::visit([&](const auto& event) { return send_item(input, screen, event); }, item)) return false;
  }
  return true;
}

bool BackInput::send_item(rdpInput* input, Size, const KeyEvent& key) {
  for (const Stroke& stroke : strokes_.of(key)) {
    bool ok = true;
    if (stroke.scancode != 0) {
      UINT16 flags = stroke.down ? KBD_FLAGS_DOWN : KBD_FLAGS_RELEASE;
      if (stroke.scancode & kExtendedKey) flags |= KBD_FLAGS_EXTENDED;
      if (stroke.scancode & kExtended1Key) flags |= KBD_FLAGS_EXTENDED1;
      ok = freerdp_input_send_keyboard_event(input, flags, stroke.scancode & 0xFF);
    } else {
      ok = freerdp_input_send_unicode_keyboard_event(input, stroke.down ? 0 : KBD_FLAGS_RELEASE, stroke.unicode);
    }
    if (!ok) return false;
  }
  return true;
}

bool BackInput::send_item(rdpInput* input, Size screen, const PointerEvent& pointer) {
  const auto x = static_cast<UINT16>(std::clamp(pointer.position.x, 0, std::max(screen.width - 1, 0)));
  const auto y = static_cast<UINT16>(std::clamp(pointer.position.y, 0, std::max(screen.height - 1, 0)));
  const unsigned changed = pointer.buttons ^ sent_.buttons;
  bool ok = true;
  if (Point{x, y} != sent_.position) ok = freerdp_input_send_mouse_event(input, PTR_FLAGS_MOVE, x, y);
  for (const auto& [bit, flag] : kButtons) {
    if (!(changed & bit)) continue;
    const UINT16 down = pointer.buttons & bit ? PTR_FLAGS_DOWN : 0;
    ok = ok && freerdp_input_send_mouse_event(input, down | flag, x, y);
  }
  for (const auto& [bit, flag] : kExtendedButtons) {
    if (!(changed & bit)) continue;
    const UINT16 down = pointer.buttons & bit ? PTR_XFLAGS_DOWN : 0;
    ok = ok && freerdp_input_send_extended_mouse_event(input, down | flag, x, y);
  }
  sent_.position = {x, y};
  sent_.buttons = pointer.buttons;
  return ok && send_wheel(input, PTR_FLAGS_WHEEL, pointer.wheel) &&
         send_wheel(input, PTR_FLAGS_HWHEEL, pointer.wheel_horizontal);
}

// The amount is a 9-bit two's complement number in the flags (MS-RDPBCGR 2.2.8.1.1.3.1.1.3).
bool BackInput::send_wheel(rdpInput* input, UINT16 axis, int amount) {
  amount = std::clamp(amount, -120 * 32, 120 * 32);
  while (amount != 0) {
    const int part = std::clamp(amount, -240, 240);
    const auto flags = static_cast<UINT16>(axis | (static_cast<unsigned>(part) & WheelRotationMask));
    if (!freerdp_input_send_mouse_event(input, flags, static_cast<UINT16>(sent_.position.x),
                                        static_cast<UINT16>(sent_.position.y)))
      return false;
    amount -= part;
  }
  return true;
}

bool BackInput::send_item(rdpInput* input, Size, const LockKeys& locks) {
  UINT32 flags = 0;
  if (locks.scroll) flags |= KBD_SYNC_SCROLL_LOCK;
  if (locks.num) flags |= KBD_SYNC_NUM_LOCK;
  if (locks.caps) flags |= KBD_SYNC_CAPS_LOCK;
  if (locks.kana) flags |= KBD_SYNC_KANA_LOCK;
  return freerdp_input_send_synchronize_event(input, flags);
}

}  // namespace frostgate::relay::rdp
