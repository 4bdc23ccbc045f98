// Keys between the protocols: XT set-1 scan codes (RDP) and X11 keysyms (RFB). Pure tables, no state.
#pragma once

#include <cstdint>
#include <optional>

namespace frostgate::relay {

inline constexpr std::uint32_t kLevel3Shift = 0xfe03;  // the keysym of AltGr (X11 keysymdef.h)

struct Modifiers {
  bool shift = false;
  bool altgr = false;
  bool caps = false;
  bool num = false;
};

// The keysym that the key at `scancode` (with kExtendedKey, kExtended1Key as in input.h) makes on `layout` (Windows
// layout id; an unknown one is read as US). 0: there is no such key. A key that makes nothing with AltGr makes what
// it makes without.
std::uint32_t keysym_of(std::uint16_t scancode, Modifiers modifiers, std::uint32_t layout);

// One key and what must be held with it, on a machine whose Caps Lock is off.
struct ScancodeStroke {
  std::uint16_t scancode = 0;
  bool shift = false;
  bool altgr = false;
  friend bool operator==(const ScancodeStroke&, const ScancodeStroke&) = default;
};

// How to make `keysym` on `layout`; nullopt when no key of it does (send a character as unicode then). Keypad digits
// and keypad arrows go to keys that do not depend on the target's Num Lock.
std::optional<ScancodeStroke> stroke_of(std::uint32_t keysym, std::uint32_t layout);

// X11 protocol, appendix A: Latin-1 is itself, the rest of Unicode is 0x01000000 + code point; older names of characters (Latin-2, Greek, Cyrillic and
// others) are understood too. 0: not a character.
std::uint32_t keysym_of_unicode(char32_t character);
char32_t unicode_of_keysym(std::uint32_t keysym);

// Whether it is one of the dead keys that are known here, which wait for the letter that they go with.
bool is_dead_key(std::uint32_t keysym);
// What a dead key makes of the character after it, 0 where Unicode has no such letter; and what it makes alone.
char32_t composed(std::uint32_t dead_key, char32_t character);
char32_t spacing_of(std::uint32_t dead_key);

}  // namespace frostgate::relay
