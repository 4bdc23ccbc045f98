#include "gateway/relay/keyboard.h"

#include <catch2/catch.hpp>

using namespace frostgate;
using namespace frostgate::relay;
using Strokes = std::vector<KeysymStroke>;

namespace {
KeyEvent scan(std::uint16_t scancode, bool down) { return {.down = down, .scancode = scancode}; }
KeyEvent sym(std::uint32_t keysym, bool down) { return {.down = down, .keysym = keysym}; }
KeyEvent unicode(std::uint16_t unit, bool down) { return {.down = down, .unicode = unit}; }
}  // namespace

TEST_CASE("a key comes up as what it went down as, even when Shift is released before it") {
  Keyboard keyboard(0x409);
  CHECK(keyboard.translate(scan(0x2a, true)) == Strokes{{0xffe1, true}});
  CHECK(keyboard.translate(scan(0x1e, true)) == Strokes{{'A', true}});
  CHECK(keyboard.translate(scan(0x1e, true)) == Strokes{{'A', true}});  // it repeats
  CHECK(keyboard.translate(scan(0x2a, false)) == Strokes{{0xffe1, false}});
  CHECK(keyboard.translate(scan(0x1e, false)) == Strokes{{'A', false}});
  CHECK(keyboard.translate(scan(0x1e, true)) == Strokes{{'a', true}});
}

TEST_CASE("Caps Lock and Num Lock follow the key and the client's report") {
  Keyboard keyboard(0);
  keyboard.lock_keys({.num = true, .caps = true});
  CHECK(keyboard.translate(scan(0x10, true)) == Strokes{{'Q', true}});
  CHECK(keyboard.translate(scan(0x4f, true)) == Strokes{{0xffb1, true}});
  keyboard.translate(scan(0x3a, true));
  keyboard.translate(scan(0x3a, false));
  CHECK(keyboard.translate(scan(0x11, true)) == Strokes{{'w', true}});
}

TEST_CASE("keysyms pass as they are, and only what is down comes up") {
  Keyboard keyboard(0);
  CHECK(keyboard.translate(sym(0xff0d, false)).empty());
  CHECK(keyboard.translate(sym(0xff0d, true)) == Strokes{{0xff0d, true}});
  CHECK(keyboard.translate(sym(0xff0d, false)) == Strokes{{0xff0d, false}});
}

TEST_CASE("RDP's Pause is one key, and Num Lock after it is Num Lock again") {
  Keyboard keyboard(0);
  CHECK(keyboard.translate(scan(kExtended1Key | 0x1d, true)) == Strokes{{0xff13, true}});
  CHECK(keyboard.translate(scan(0x45, true)).empty());
  CHECK(keyboard.translate(scan(kExtended1Key | 0x1d, false)) == Strokes{{0xff13, false}});
  CHECK(keyboard.translate(scan(0x45, false)).empty());
  CHECK(keyboard.translate(scan(0x45, true)) == Strokes{{0xff7f, true}});
}

TEST_CASE("unicode events make characters, also those of two units") {
  Keyboard keyboard(0);
  CHECK(keyboard.translate(unicode(0x20ac, true)) == Strokes{{0x010020ac, true}});
  CHECK(keyboard.translate(unicode(0x20ac, false)) == Strokes{{0x010020ac, false}});
  CHECK(keyboard.translate(unicode(0xd83d, true)).empty());
  CHECK(keyboard.translate(unicode(0xde00, true)) == Strokes{{0x0101f600, true}});
  CHECK(Keyboard(0).translate(unicode(0xde00, true)).empty());
}

TEST_CASE("any key that no keyboard has makes nothing") {
  Keyboard keyboard(0);
  CHECK(keyboard.translate(scan(0xffff, true)).empty());
  CHECK(keyboard.translate(KeyEvent{.down = true}).empty());
}

TEST_CASE("the Control that Windows sends with AltGr does not turn a character into a command") {
  Keyboard german(0x407);
  CHECK(german.translate({.down = true, .scancode = 0x1d}) == std::vector<KeysymStroke>{{0xffe3, true}});
  CHECK(german.translate({.down = true, .scancode = kExtendedKey | 0x38}) == std::vector<KeysymStroke>{{0xffe3, false}, {0xfe03, true}});
  CHECK(german.translate({.down = true, .scancode = 0x10}) == std::vector<KeysymStroke>{{'@', true}});
  CHECK(german.translate({.down = false, .scancode = 0x10}) == std::vector<KeysymStroke>{{'@', false}});
  CHECK(german.translate({.down = false, .scancode = 0x1d}).empty());
  CHECK(german.translate({.down = false, .scancode = kExtendedKey | 0x38}) == std::vector<KeysymStroke>{{0xfe03, false}});
  // Without AltGr, Control is Control.
  CHECK(german.translate({.down = true, .scancode = 0x1d}) == std::vector<KeysymStroke>{{0xffe3, true}});
  CHECK(german.translate({.down = true, .scancode = 0x2e}) == std::vector<KeysymStroke>{{'c', true}});
}
