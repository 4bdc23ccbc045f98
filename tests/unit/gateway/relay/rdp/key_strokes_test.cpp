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
