// What a user's client sends towards the target, in terms of neither protocol.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "codec/base/geometry.h"

namespace frostgate::relay {

// One key going down or up. A front fills in what its protocol carries; the back takes what its own protocol wants
// and translates (relay/keymap.h) only when that is missing.
struct KeyEvent {
  bool down = false;
  // XT set-1 scan code as in RDP (MS-RDPBCGR 2.2.8.1.1.3.1.1.1); kExtendedKey is added for the 0xE0 codes,
  // kExtended1Key for 0xE1 (Pause). 0: unknown.
  std::uint16_t scancode = 0;
  // X11 keysym as in RFB (RFC 6143 7.5.4). 0: unknown.
  std::uint32_t keysym = 0;
  // UTF-16 code unit of an RDP unicode key event. 0: none.
  std::uint16_t unicode = 0;
};
inline constexpr std::uint16_t kExtendedKey = 0x100;
inline constexpr std::uint16_t kExtended1Key = 0x200;

namespace pointer_button {
inline constexpr std::uint8_t kLeft = 1, kMiddle = 2, kRight = 4, kBack = 8, kForward = 16;
}

struct PointerEvent {
  Point position;            // on the Surface
  std::uint8_t buttons = 0;  // all buttons that are down now
  int wheel = 0;             // 120 a notch, positive away from the user
  int wheel_horizontal = 0;  // 120 a notch, positive to the right
};

// How much larger than at 96 dpi the user's screen shows things, in percent (MS-RDPBCGR 2.2.1.3.2): of windows and text, and of programs that know
// 100, 140 and 180 alone.
struct DisplayScale {
  std::uint32_t desktop = 100, device = 100;
  // What a client says; 100 and 100 when either is a value that the protocol does not know.
  static DisplayScale checked(std::uint32_t desktop, std::uint32_t device) {
    const bool known = desktop >= 100 && desktop <= 500 && (device == 100 || device == 140 || device == 180);
    return known ? DisplayScale{desktop, device} : DisplayScale();
  }
  friend bool operator==(const DisplayScale&, const DisplayScale&) = default;
};

// What the client would like the target's screen to be.
struct ScreenWish {
  Size size;
  std::optional<DisplayScale> scale;  // none: its protocol does not know it, and it stays as it is
  friend bool operator==(const ScreenWish&, const ScreenWish&) = default;
};

struct LockKeys {
  bool scroll = false, num = false, caps = false, kana = false;
};

// Where a front puts its input: thread-safe, never blocks on the network for longer than a socket buffer takes,
// never fails visibly (a target that is gone ends the session by another way).
class InputSink {
 public:
  virtual ~InputSink() = default;
  virtual void key(const KeyEvent& event) = 0;
  virtual void pointer(const PointerEvent& event) = 0;
  virtual void lock_keys(const LockKeys& state) = 0;
  // The Surface changes when the target agrees.
  virtual void request_screen(const ScreenWish& wish) = 0;
  // The user has copied text that their client keeps until it is fetched: whether it shall be, for clipboard() below. Empty:
  // not to be said yet.
  virtual std::optional<bool> clipboard_offered() { return false; }
  // Text (UTF-8) that the user has copied, for the target's clipboard. What takes none drops it.
  virtual void clipboard(const std::string& text) { (void)text; }
};

}  // namespace frostgate::relay
