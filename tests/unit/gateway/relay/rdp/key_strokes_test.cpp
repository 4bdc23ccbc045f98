#include "gateway/relay/rdp/key_strokes.h"

#include <catch2/catch.hpp>

using namespace frostgate::relay;
using namespace frostgate::relay::rdp;

namespace {

constexpr std::uint32_t kUs = 0x409;
constexpr std::uint32_t kShiftKeysym = 0xFFE1, kControlKeysym = 0xFFE3, kReturn = 0xFF0D;
constexpr std::uint16_t kShift = 0x2A, kA = 0x1E, kC = 0x2E, kEnter = 0x1C;

using Strokes = std::vector<Stroke>;

KeyEvent keysym(std::uint32_t value, bool down) { return {.down = down, .keysym = value}; }
Stroke key(std::uint16_t scancode, bool down) { return {.down = down, .scancode = scancode}; }

}  // namespace

TEST_CASE("keys that a front knows by their scan codes or units go on as they are") {
  KeyStrokes strokes(kUs);
  CHECK(strokes.of({.down = true, .scancode = kA, .keysym = 'b'}) == Strokes{key(kA, true)});
  CHECK(strokes.of({.down = true, .unicode = 0x20AC}) == Strokes{{.down = true, .unicode = 0x20AC}});
}

TEST_CASE("a keysym is pressed and released on the key that makes it") {
  KeyStrokes strokes(kUs);
  CHECK(strokes.of(keysym('a', true)) == Strokes{key(kA, true)});
  CHECK(strokes.of(keysym('a', false)) == Strokes{key(kA, false)});
  CHECK(strokes.of(keysym('a', false)).empty());
}

TEST_CASE("a capital gets Shift for the moment when the client does not hold it") {
  KeyStrokes strokes(kUs);
  CHECK(strokes.of(keysym('A', true)) == Strokes{key(kShift, true), key(kA, true), key(kShift, false)});
  CHECK(strokes.of(keysym('A', false)) == Strokes{key(kA, false)});
  strokes.of(keysym(kShiftKeysym, true));
  CHECK(strokes.of(keysym('A', true)) == Strokes{key(kA, true)});
  CHECK(strokes.of(keysym('a', true)) == Strokes{key(kShift, false), key(kA, true), key(kShift, true)});
}

TEST_CASE("Shift with a key that makes no character stays held") {
  KeyStrokes strokes(kUs);
  strokes.of(keysym(kShiftKeysym, true));
  CHECK(strokes.of(keysym(kReturn, true)) == Strokes{key(kEnter, true)});
}

TEST_CASE("with Control held the key is meant, not the character") {
  KeyStrokes strokes(kUs);
  strokes.of(keysym(kControlKeysym, true));
  CHECK(strokes.of(keysym('C', true)) == Strokes{key(kC, true)});
}

TEST_CASE("a character without a key is sent as UTF-16") {
  KeyStrokes strokes(kUs);
  CHECK(strokes.of(keysym(0x01000000 + 0x4E2D, true)) ==
        Strokes{{.down = true, .unicode = 0x4E2D}, {.down = false, .unicode = 0x4E2D}});
  CHECK(strokes.of(keysym(0x01000000 + 0x1F600, true)).size() == 4);
  CHECK(strokes.of(keysym(0x01000000 + 0x4E2D, false)).empty());
}

namespace {

constexpr std::uint32_t kGerman = 0x407, kDeadAcuteKeysym = 0xFE51, kDeadCircumflexKeysym = 0xFE52, kEscape = 0xFF1B;

// What a viewer's keys, each pressed and released, make on a target without their dead keys, where it is by unicode.
std::u16string typed(const std::vector<std::uint32_t>& keysyms, std::uint32_t layout = kUs) {
  KeyStrokes strokes(layout);
  std::u16string out;
  for (const std::uint32_t value : keysyms) {
    for (const bool down : {true, false}) {
      for (const Stroke& stroke : strokes.of(keysym(value, down))) {
        if (stroke.down && stroke.unicode != 0) out += static_cast<char16_t>(stroke.unicode);
        if (stroke.down && stroke.scancode == kA) out += u'<', out += u'a', out += u'>';  // by its key
      }
    }
  }
  return out;
}

}  // namespace

TEST_CASE("a dead key and its letter are one character where the target's layout has no such dead key") {
  CHECK(typed({kDeadAcuteKeysym, 'e'}) == u"\u00e9");
  CHECK(typed({kDeadCircumflexKeysym, 'o', 'a'}) == u"\u00f4<a>");
  CHECK(typed({kDeadAcuteKeysym, 'e', kDeadAcuteKeysym, 'i'}) == u"\u00e9\u00ed");
  // With a blank, twice, and before what it does not go with.
  CHECK(typed({kDeadAcuteKeysym, ' '}) == u"\u00b4");
  CHECK(typed({kDeadAcuteKeysym, kDeadAcuteKeysym, 'a'}) == u"\u00b4<a>");
  CHECK(typed({kDeadAcuteKeysym, 0x01004e2d}) == u"\u00b4\u4e2d");
  CHECK(typed({kDeadAcuteKeysym, kDeadCircumflexKeysym, 'e'}) == u"\u00b4\u00ea");
  CHECK(typed({kDeadAcuteKeysym, kEscape, 'a'}) == u"<a>");
  // Shift between the two is not what it waits for.
  CHECK(typed({kDeadAcuteKeysym, kShiftKeysym, 'E'}) == u"\u00c9");
  CHECK(typed({0xFE5C, 0x1e6, 0xFE5A, 'c'}) == u"\u02db\u0107\u010d");  // no c acute has an ogonek
}

TEST_CASE("a dead key that the target's layout has is pressed there, and what waits for a letter holds no key down") {
  KeyStrokes german(kGerman);
  CHECK(german.of(keysym(kDeadAcuteKeysym, true)) == Strokes{key(0x0D, true)});
  CHECK(german.of(keysym(kDeadAcuteKeysym, false)) == Strokes{key(0x0D, false)});
  KeyStrokes french(0x40c);
  CHECK(french.of(keysym(kDeadAcuteKeysym, true)).empty());
  CHECK(french.of(keysym('e', true)) == Strokes{key(0x03, true)});  // that layout has a key for it
  CHECK(french.of(keysym('e', false)) == Strokes{key(0x03, false)});
  CHECK(french.of(keysym(kDeadAcuteKeysym, false)).empty());
}

TEST_CASE("characters that a viewer sends by X11's old names arrive") {
  CHECK(typed({0x13bd, 0x1b1, 0x6c1, 0x7e1, 0x20ac}) == u"\u0153\u0105\u0430\u03b1\u20ac");
}
