// Keys that a front knows only by what they make (RFB keysyms), as the keys an RDP target wants. Pure; no library.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "gateway/relay/input.h"

namespace frostgate::relay::rdp {

// One keyboard event for the target: a scan code, or a UTF-16 code unit when there is none.
struct Stroke {
  bool down = false;
  std::uint16_t scancode = 0;
  std::uint16_t unicode = 0;
  friend bool operator==(const Stroke&, const Stroke&) = default;
};

class KeyStrokes {
 public:
  explicit KeyStrokes(std::uint32_t layout) : layout_(layout) {}

  // What to send for `event`. A character whose key wants Shift or AltGr otherwise than they are held gets them for
  // the moment, unless Control or Alt is held: then the key is meant, not the character. A dead key that the target's layout
  // does not have waits here for its letter.
  std::vector<Stroke> of(const KeyEvent& event);

 private:
  void press(std::uint32_t keysym, std::vector<Stroke>& strokes);
  // Presses the key that makes `keysym`, to be released when `cause` is.
  void press_key(std::uint32_t keysym, std::uint32_t cause, std::vector<Stroke>& strokes);
  void type(char32_t character, std::vector<Stroke>& strokes);
  void add(std::uint16_t scancode, bool down, std::vector<Stroke>& strokes);
  bool held(std::uint16_t scancode) const { return held_.contains(scancode); }

  std::uint32_t layout_;
  std::set<std::uint16_t> held_;                       // the modifier keys that are down, by scan code
  std::map<std::uint32_t, std::uint16_t> keys_down_;     // by keysym: the key that was pressed for it
  std::uint32_t dead_key_ = 0;                           // that waits
};

}  // namespace frostgate::relay::rdp
