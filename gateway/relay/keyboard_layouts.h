// What the keys of each layout make: Windows' tables, by scan code.
#pragma once

#include <cstdint>
#include <span>

namespace frostgate::relay {

// A key that makes characters. 0: nothing there. `letter`: Caps Lock acts as Shift.
struct CharacterKey {
  std::uint8_t scancode;
  char32_t plain;
  char32_t shifted;
  char32_t altgr;
  bool letter;
};

struct KeyboardLayout {
  std::span<const CharacterKey> keys;
  bool has_altgr;  // the right Alt key is AltGr
};

// Beyond Unicode: dead keys, which wait for the letter that they go with. The keysym is kFirstDeadKeysym and as far on.
inline constexpr char32_t kFirstDeadKey = 0x110000;
inline constexpr std::uint32_t kFirstDeadKeysym = 0xfe50;  // X11 keysymdef.h: dead_grave
inline constexpr char32_t kDeadGrave = kFirstDeadKey, kDeadAcute = kFirstDeadKey + 1, kDeadCircumflex = kFirstDeadKey + 2,
                          kDeadTilde = kFirstDeadKey + 3, kDeadDiaeresis = kFirstDeadKey + 7;

// US for an id that is not known.
const KeyboardLayout& keyboard_layout(std::uint32_t windows_id);

}  // namespace frostgate::relay
