// What a KeyEvent is as a keysym, with the modifiers that the user holds tracked for scan codes: for RFB targets and
// for the journal. Pure; one thread at a time.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "gateway/relay/input.h"
#include "gateway/relay/keymap.h"

namespace frostgate::relay {

struct KeysymStroke {
  std::uint32_t keysym = 0;
  bool down = false;
  friend bool operator==(const KeysymStroke&, const KeysymStroke&) = default;
};

class Keyboard {
 public:
  explicit Keyboard(std::uint32_t layout) : layout_(layout) {}

  // What to send; empty when the event makes no key.
  std::vector<KeysymStroke> translate(const KeyEvent& event);
  void lock_keys(const LockKeys& state);

 private:
  std::uint32_t keysym_for(const KeyEvent& event);
  std::uint32_t keysym_for_scancode(std::uint16_t scancode);
  std::uint32_t keysym_for_unicode(std::uint16_t unit);
  bool holds(std::uint32_t keysym) const;

  std::uint32_t layout_;
  bool caps_ = false;
  bool num_ = false;
  char32_t high_surrogate_ = 0;
  bool in_pause_ = false;
  // What each key that is down went down as: it must come up as the same, whatever the modifiers are by then.
  // Keyed by scan code, or by keysym with kNoScancode added.
  std::map<std::uint64_t, std::uint32_t> down_;
};

}  // namespace frostgate::relay
