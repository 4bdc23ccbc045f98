#include "gateway/relay/keymap.h"

#include <glib.h>
#include <xkbcommon/xkbcommon.h>

#include <iterator>

#include "gateway/relay/input.h"
#include "gateway/relay/keyboard_layouts.h"

namespace frostgate::relay {
namespace {

// Keys that are the same everywhere (keysyms: X11 keysymdef.h; scan codes: Microsoft's "USB HID to PS/2" table).
struct FunctionKey {
  std::uint16_t scancode;
  std::uint32_t keysym;
};
constexpr std::uint16_t kE0 = kExtendedKey;
constexpr std::uint32_t kAltRight = 0xffea;
constexpr FunctionKey kFunctionKeys[] = {
    {0x01, 0xff1b},        // Escape
    {0x0e, 0xff08},        // BackSpace
    {0x0f, 0xff09},        // Tab
    {0x1c, 0xff0d},        // Return
    {0x1d, 0xffe3},        // Control
    {kE0 | 0x1d, 0xffe4},
    {0x2a, 0xffe1},        // Shift
    {0x36, 0xffe2},
    {0x38, 0xffe9},        // Alt
    {kE0 | 0x38, kAltRight},
    {0x3a, 0xffe5},        // Caps Lock
    {0x45, 0xff7f},        // Num Lock
    {0x46, 0xff14},        // Scroll Lock
    {kExtended1Key | 0x1d, 0xff13},  // Pause
    {kE0 | 0x46, 0xff6b},  // Break
    {kE0 | 0x37, 0xff61},  // Print
    {0x54, 0xff15},        // SysRq
    {0x3b, 0xffbe}, {0x3c, 0xffbf}, {0x3d, 0xffc0}, {0x3e, 0xffc1}, {0x3f, 0xffc2}, {0x40, 0xffc3},  // F1..
    {0x41, 0xffc4}, {0x42, 0xffc5}, {0x43, 0xffc6}, {0x44, 0xffc7}, {0x57, 0xffc8}, {0x58, 0xffc9},  // ..F12
    {0x64, 0xffca}, {0x65, 0xffcb}, {0x66, 0xffcc}, {0x67, 0xffcd}, {0x68, 0xffce}, {0x69, 0xffcf},  // F13..
    {0x6a, 0xffd0}, {0x6b, 0xffd1}, {0x6c, 0xffd2}, {0x6d, 0xffd3}, {0x6e, 0xffd4}, {0x76, 0xffd5},  // ..F24
    {kE0 | 0x47, 0xff50},  // Home
    {kE0 | 0x48, 0xff52},  // Up
    {kE0 | 0x49, 0xff55},  // Page Up
    {kE0 | 0x4b, 0xff51},  // Left
    {kE0 | 0x4d, 0xff53},  // Right
    {kE0 | 0x4f, 0xff57},  // End
    {kE0 | 0x50, 0xff54},  // Down
    {kE0 | 0x51, 0xff56},  // Page Down
    {kE0 | 0x52, 0xff63},  // Insert
    {kE0 | 0x53, 0xffff},  // Delete
    {kE0 | 0x5b, 0xffeb},  // Super (Windows)
    {kE0 | 0x5c, 0xffec},
    {kE0 | 0x5d, 0xff67},  // Menu
    {kE0 | 0x1c, 0xff8d},  // keypad Enter
    {kE0 | 0x35, 0xffaf},  // keypad / * - +
    {0x37, 0xffaa},
    {0x4a, 0xffad},
    {0x4e, 0xffab},
    {kE0 | 0x20, 0x1008ff12},  // sound off, softer, louder
    {kE0 | 0x2e, 0x1008ff11},
    {kE0 | 0x30, 0x1008ff13},
};

// The keypad's keys under Num Lock. `character` on the main block, and the same code with E0 in the arrow block, do the
// same whatever the state of the lock.
struct KeypadKey {
  std::uint8_t scancode;
  std::uint32_t locked;
  std::uint32_t unlocked;
  char32_t character;
};
constexpr KeypadKey kKeypad[] = {
    {0x52, 0xffb0, 0xff9e, '0'}, {0x4f, 0xffb1, 0xff9c, '1'}, {0x50, 0xffb2, 0xff99, '2'}, {0x51, 0xffb3, 0xff9b, '3'},
    {0x4b, 0xffb4, 0xff96, '4'}, {0x4c, 0xffb5, 0xff9d, '5'}, {0x4d, 0xffb6, 0xff98, '6'}, {0x47, 0xffb7, 0xff95, '7'},
    {0x48, 0xffb8, 0xff97, '8'}, {0x49, 0xffb9, 0xff9a, '9'}, {0x53, 0xffae, 0xff9f, '.'},
};
constexpr std::uint32_t kDeadKeys = 16;
constexpr std::uint8_t kKeypadCentre = 0x4c;  // the only one without a twin in the arrow block

// Other keysyms for a key that is there under another name.
struct Alias {
  std::uint32_t keysym;
  ScancodeStroke stroke;
};
constexpr Alias kAliases[] = {
    {0xfe20, {0x0f, true, false}},           // ISO_Left_Tab: Shift and Tab
    {kLevel3Shift, {kE0 | 0x38, false, false}},
    {0xff7e, {kE0 | 0x38, false, false}},    // Mode_switch
    {0xffe7, {0x38, false, false}},          // Meta
    {0xffe8, {kE0 | 0x38, false, false}},
};

// From kFirstDeadKeysym on: the mark as it combines, and as it stands alone.
struct DeadKey {
  char32_t mark;
  char32_t alone;
};
constexpr DeadKey kMarks[] = {
    {0x300, '`'},    {0x301, 0xb4},   {0x302, '^'},    {0x303, '~'},    {0x304, 0xaf},  {0x306, 0x2d8}, {0x307, 0x2d9},
    {0x308, 0xa8},   {0x30a, 0xb0},   {0x30b, 0x2dd},  {0x30c, 0x2c7},  {0x327, 0xb8},  {0x328, 0x2db}, {0x345, 0x37a},
    {0x3099, 0x309b}, {0x309a, 0x309c}, {0x323, '.'},  {0x309, 0x309},  {0x31b, 0x31b},
};
// The names that X11 had before Unicode.
constexpr std::uint32_t kFirstOldName = 0x100, kLastOldName = 0x20ff;

std::uint32_t keysym_of_character(char32_t character) {
  return character >= kFirstDeadKey ? kFirstDeadKeysym + (character - kFirstDeadKey) : keysym_of_unicode(character);
}

std::optional<ScancodeStroke> character_stroke(char32_t character, const KeyboardLayout& layout) {
  for (const CharacterKey& key : layout.keys) {
    if (character == 0) break;
    if (key.plain == character) return ScancodeStroke{key.scancode, false, false};
    if (key.shifted == character) return ScancodeStroke{key.scancode, true, false};
    if (key.altgr != 0 && key.altgr == character) return ScancodeStroke{key.scancode, false, true};
  }
  return std::nullopt;
}

}  // namespace

std::uint32_t keysym_of(std::uint16_t scancode, Modifiers modifiers, std::uint32_t layout_id) {
  const KeyboardLayout& layout = keyboard_layout(layout_id);
  for (const CharacterKey& key : layout.keys) {
    if (key.scancode != scancode) continue;
    if (modifiers.altgr && key.altgr != 0) return keysym_of_character(key.altgr);
    const bool shifted = modifiers.shift != (modifiers.caps && key.letter);
    return keysym_of_character(shifted ? key.shifted : key.plain);
  }
  for (const KeypadKey& key : kKeypad)
    if (key.scancode == scancode) return modifiers.num != modifiers.shift ? key.locked : key.unlocked;
  for (const FunctionKey& key : kFunctionKeys) {
    if (key.scancode != scancode) continue;
    return key.keysym == kAltRight && layout.has_altgr ? kLevel3Shift : key.keysym;
  }
  return 0;
}

std::optional<ScancodeStroke> stroke_of(std::uint32_t keysym, std::uint32_t layout_id) {
  const KeyboardLayout& layout = keyboard_layout(layout_id);
  if (const char32_t character = unicode_of_keysym(keysym)) return character_stroke(character, layout);
  if (keysym >= kFirstDeadKeysym && keysym < kFirstDeadKeysym + kDeadKeys)
    return character_stroke(kFirstDeadKey + (keysym - kFirstDeadKeysym), layout);
  for (const FunctionKey& key : kFunctionKeys)
    if (key.keysym == keysym) return ScancodeStroke{key.scancode, false, false};
  for (const KeypadKey& key : kKeypad) {
    if (key.locked == keysym) return character_stroke(key.character, layout);
    if (key.unlocked == keysym) {
      const bool has_twin = key.scancode != kKeypadCentre;
      return ScancodeStroke{static_cast<std::uint16_t>(has_twin ? kE0 | key.scancode : key.scancode), false, false};
    }
  }
  for (const Alias& alias : kAliases)
    if (alias.keysym == keysym) return alias.stroke;
  return std::nullopt;
}

std::uint32_t keysym_of_unicode(char32_t character) {
  if ((character >= 0x20 && character <= 0x7e) || (character >= 0xa0 && character <= 0xff)) return character;
  const bool surrogate = character >= 0xd800 && character <= 0xdfff;
  if (character >= 0x100 && character <= 0x10ffff && !surrogate) return 0x01000000 + character;
  switch (character) {
    case '\b': return 0xff08;
    case '\t': return 0xff09;
    case '\r':
    case '\n': return 0xff0d;
    case 0x1b: return 0xff1b;
    default: return 0;
  }
}

char32_t unicode_of_keysym(std::uint32_t keysym) {
  if ((keysym >= 0x20 && keysym <= 0x7e) || (keysym >= 0xa0 && keysym <= 0xff)) return keysym;
  if (keysym >= kFirstOldName && keysym <= kLastOldName) return xkb_keysym_to_utf32(keysym);
  if (keysym < 0x01000100 || keysym > 0x0110ffff) return 0;
  const char32_t character = keysym - 0x01000000;
  return character >= 0xd800 && character <= 0xdfff ? 0 : character;
}

bool is_dead_key(std::uint32_t keysym) { return keysym >= kFirstDeadKeysym && keysym - kFirstDeadKeysym < std::size(kMarks); }

char32_t composed(std::uint32_t dead_key, char32_t character) {
  gunichar out = 0;
  return is_dead_key(dead_key) && g_unichar_compose(character, kMarks[dead_key - kFirstDeadKeysym].mark, &out) ? out : 0;
}

char32_t spacing_of(std::uint32_t dead_key) { return is_dead_key(dead_key) ? kMarks[dead_key - kFirstDeadKeysym].alone : 0; }

}  // namespace frostgate::relay
