#include "gateway/relay/keymap.h"

#include <catch2/catch.hpp>
#include <string>

#include "gateway/relay/input.h"

using namespace frostgate::relay;

TEST_CASE("every printable ASCII character has a US stroke that makes it again") {
  for (char32_t character = 0x20; character <= 0x7e; ++character) {
    INFO("character " << static_cast<char>(character));
    const auto stroke = stroke_of(keysym_of_unicode(character), 0x409);
    REQUIRE(stroke);
    REQUIRE(keysym_of(stroke->scancode, {.shift = stroke->shift, .altgr = stroke->altgr}, 0x409) == character);
  }
}

TEST_CASE("every key of the US layout that is not on the keypad comes back to itself") {
  for (std::uint16_t scancode = 1; scancode < 0x300; ++scancode) {
    const bool keypad = scancode >= 0x47 && scancode <= 0x53 && scancode != 0x4a && scancode != 0x4e;
    const std::uint32_t keysym = keysym_of(scancode, {}, 0x409);
    if (keysym == 0 || keypad || scancode == 0x56) continue;  // 0x56 is the second backslash
    INFO("scancode " << scancode);
    REQUIRE(stroke_of(keysym, 0x409) == ScancodeStroke{scancode, false, false});
  }
}

TEST_CASE("Caps Lock shifts letters and nothing else") {
  CHECK(keysym_of(0x1e, {.caps = true}, 0x409) == 'A');
  CHECK(keysym_of(0x1e, {.shift = true, .caps = true}, 0x409) == 'a');
  CHECK(keysym_of(0x02, {.caps = true}, 0x409) == '1');
}

TEST_CASE("the keypad follows Num Lock and is played where Num Lock does not matter") {
  CHECK(keysym_of(0x47, {.num = true}, 0) == 0xffb7);
  CHECK(keysym_of(0x47, {}, 0) == 0xff95);
  CHECK(stroke_of(0xffb7, 0) == ScancodeStroke{0x08, false, false});
  CHECK(stroke_of(0xff95, 0) == ScancodeStroke{kExtendedKey | 0x47, false, false});
}

TEST_CASE("an unknown layout is read as US, an unknown key is none") {
  CHECK(keysym_of(0x10, {}, 0xdead) == 'q');
  CHECK(keysym_of(0x7f, {}, 0x409) == 0);
  CHECK(keysym_of(0xffff, {}, 0x409) == 0);
  CHECK_FALSE(stroke_of(0xe4, 0x409));        // a umlaut is not on a US keyboard
  CHECK_FALSE(stroke_of(0xffffffff, 0x409));
}

TEST_CASE("characters and keysyms translate both ways, and what is no character is 0") {
  for (const char32_t character : {U'a', U'\u00e4', U'\u20ac', U'\u4e2d', U'\U0001f600'})
    CHECK(unicode_of_keysym(keysym_of_unicode(character)) == character);
  CHECK(keysym_of_unicode(0xd800) == 0);
  CHECK(keysym_of_unicode(0x110000) == 0);
  CHECK(unicode_of_keysym(0xff0d) == 0);
  CHECK(unicode_of_keysym(0x0100d800) == 0);
}
