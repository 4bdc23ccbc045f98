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

TEST_CASE("the names that X11 had for characters before Unicode are understood, and no others") {
  struct Old {
    std::uint32_t keysym;
    char32_t character;
  };
  for (const Old& old : {Old{0x1a1, 0x104}, {0x1b1, 0x105}, {0x1ea, 0x119}, {0x2a1, 0x126}, {0x3a2, 0x138}, {0x4a1, 0x3002}, {0x5c1, 0x621},
                         {0x6c1, 0x430}, {0x7e1, 0x3b1}, {0x8fb, 0x2190}, {0xae5, 0x2606}, {0xce0, 0x5d0}, {0xda1, 0xe01},
                         {0x13bc, 0x152}, {0x13bd, 0x153}, {0x13be, 0x178}, {0x20ac, 0x20ac}}) {
    INFO(std::hex << old.keysym);
    CHECK(unicode_of_keysym(old.keysym) == old.character);
  }
  for (const std::uint32_t none : {0x100u, 0x7fu, 0x80u, 0x20ffu, 0x2100u, 0xfe03u, 0xfe51u, 0xff08u, 0xff0du, 0xffb0u, 0xffe1u, 0xffffffffu}) {
    INFO(std::hex << none);
    CHECK(unicode_of_keysym(none) == 0);
  }
}

TEST_CASE("each dead key stands alone and goes with its letters") {
  struct Pair {
    std::uint32_t dead;
    char32_t letter, made;
  };
  for (const Pair& pair : {Pair{0xfe50, 'a', 0xe0}, {0xfe51, 'E', 0xc9}, {0xfe52, 'o', 0xf4}, {0xfe53, 'n', 0xf1}, {0xfe54, 'a', 0x101}, {0xfe55, 'g', 0x11f},
                           {0xfe56, 'z', 0x17c}, {0xfe57, 'u', 0xfc}, {0xfe58, 'a', 0xe5}, {0xfe59, 'o', 0x151}, {0xfe5a, 's', 0x161}, {0xfe5b, 'c', 0xe7},
                           {0xfe5c, 'a', 0x105}, {0xfe60, 'a', 0x1ea1}, {0xfe61, 'a', 0x1ea3}, {0xfe62, 'o', 0x1a1}}) {
    INFO(std::hex << pair.dead);
    CHECK(is_dead_key(pair.dead));
    CHECK(composed(pair.dead, pair.letter) == pair.made);
    CHECK(spacing_of(pair.dead) != 0);
  }
  CHECK(composed(0xfe51, 'q') == 0);
  for (const std::uint32_t none : {0xfe4fu, 0xfe63u, 0u, 0xffffffffu}) {
    CHECK_FALSE(is_dead_key(none));
    CHECK(composed(none, 'e') == 0);
    CHECK(spacing_of(none) == 0);
  }
}

namespace {

struct Table {
  const char* name;
  std::uint32_t id;
  // What the rows of keys make, from left to right, as people read them off their keyboards. A dead key is the combining
  // mark; a space: nothing.
  std::u32string plain, shifted, altgr;
};

// Scan codes 02 to 0d, 10 to 1b, 1e to 28, 29, 2b, 2c to 35, 56.
const std::u32string kRows =
    U"\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b"
    U"\x1e\x1f\x20\x21\x22\x23\x24\x25\x26\x27\x28\x29\x2b\x2c\x2d\x2e\x2f\x30\x31\x32\x33\x34\x35\x56";
const Table kTables[] = {
    {"German", 0x407, U"1234567890ß\u0301qwertzuiopü+asdfghjklöä\u0302#yxcvbnm,.-<", U"!\"§$%&/()=?\u0300QWERTZUIOPÜ*ASDFGHJKLÖÄ°'YXCVBNM;:_>",
     U" ²³   {[]}\\ @ €        ~                   µ   |"},
    {"French", 0x40c, U"&é\"'(-è_çà)=azertyuiop\u0302$qsdfghjklmù²*wxcvbn,;:!<", U"1234567890°+AZERTYUIOP\u0308£QSDFGHJKLM% µWXCVBN?./§>",
     U" \u0303#{[|\u0300\\^@]}  €        ¤                        "},
    {"Spanish", 0x40a, U"1234567890'¡qwertyuiop\u0300+asdfghjklñ\u0301ºçzxcvbnm,.-<", U"!\"·$%&/()=?¿QWERTYUIOP\u0302*ASDFGHJKLÑ\u0308ªÇZXCVBNM;:_>",
     U"|@#\u0303€¬        €       []          {\\}           "}};

std::uint32_t keysym_named(char32_t sign) {
  switch (sign) {
    case U' ': return 0;
    case U'\u0300': return 0xfe50;
    case U'\u0301': return 0xfe51;
    case U'\u0302': return 0xfe52;
    case U'\u0303': return 0xfe53;
    case U'\u0308': return 0xfe57;
    default: return keysym_of_unicode(sign);
  }
}

}  // namespace

TEST_CASE("each layout's keys make what is printed on them, and strokes make it again") {
  for (const Table& table : kTables) {
    REQUIRE(table.plain.size() == kRows.size());
    REQUIRE(table.shifted.size() == kRows.size());
    REQUIRE(table.altgr.size() == kRows.size());
    for (std::size_t i = 0; i < kRows.size(); ++i) {
      const auto scancode = static_cast<std::uint16_t>(kRows[i]);
      INFO(table.name << ", scan code " << scancode);
      CHECK(keysym_of(scancode, {}, table.id) == keysym_named(table.plain[i]));
      CHECK(keysym_of(scancode, {.shift = true}, table.id) == keysym_named(table.shifted[i]));
      if (table.altgr[i] != U' ') CHECK(keysym_of(scancode, {.altgr = true}, table.id) == keysym_named(table.altgr[i]));
      for (const char32_t sign : {table.plain[i], table.shifted[i], table.altgr[i]}) {
        if (sign == U' ') continue;
        const auto stroke = stroke_of(keysym_named(sign), table.id);
        REQUIRE(stroke);
        CHECK(keysym_of(stroke->scancode, {.shift = stroke->shift, .altgr = stroke->altgr}, table.id) == keysym_named(sign));
      }
    }
    CHECK(keysym_of(kExtendedKey | 0x38, {}, table.id) == 0xfe03);  // AltGr
    CHECK_FALSE(stroke_of(keysym_of_unicode(U'\u4e2d'), table.id));
  }
}

TEST_CASE("layouts of other countries are theirs or US") {
  CHECK(keysym_of(0x15, {}, 0xc07) == 'z');   // Austria
  CHECK(keysym_of(0x27, {}, 0xc0a) == 0xf1);  // Spain, modern sorting
  CHECK(keysym_of(0x15, {}, 0x807) == 'y');   // German Switzerland has a layout of its own, which is not here
}
