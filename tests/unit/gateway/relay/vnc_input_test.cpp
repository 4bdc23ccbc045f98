#include <catch2/catch.hpp>

#include "gateway/relay/vnc/back_keyboard.h"
#include "gateway/relay/vnc/pointer.h"

using namespace frostgate;
using namespace frostgate::relay;
using Strokes = std::vector<vnc::KeysymStroke>;
using Masks = std::vector<std::uint8_t>;

namespace {
KeyEvent scan(std::uint16_t scancode, bool down) { return {.down = down, .scancode = scancode}; }
KeyEvent sym(std::uint32_t keysym, bool down) { return {.down = down, .keysym = keysym}; }
KeyEvent unicode(std::uint16_t unit, bool down) { return {.down = down, .unicode = unit}; }
PointerEvent turn(int wheel, int horizontal = 0, std::uint8_t buttons = 0) {
  return {.position = {}, .buttons = buttons, .wheel = wheel, .wheel_horizontal = horizontal};
}
}  // namespace

TEST_CASE("a key comes up as what it went down as, even when Shift is released before it") {
  vnc::BackKeyboard keyboard(0x409);
  CHECK(keyboard.translate(scan(0x2a, true)) == Strokes{{0xffe1, true}});
  CHECK(keyboard.translate(scan(0x1e, true)) == Strokes{{'A', true}});
  CHECK(keyboard.translate(scan(0x1e, true)) == Strokes{{'A', true}});  // it repeats
  CHECK(keyboard.translate(scan(0x2a, false)) == Strokes{{0xffe1, false}});
  CHECK(keyboard.translate(scan(0x1e, false)) == Strokes{{'A', false}});
  CHECK(keyboard.translate(scan(0x1e, true)) == Strokes{{'a', true}});
}

TEST_CASE("Caps Lock and Num Lock follow the key and the client's report") {
  vnc::BackKeyboard keyboard(0);
  keyboard.lock_keys({.num = true, .caps = true});
  CHECK(keyboard.translate(scan(0x10, true)) == Strokes{{'Q', true}});
  CHECK(keyboard.translate(scan(0x4f, true)) == Strokes{{0xffb1, true}});
  keyboard.translate(scan(0x3a, true));
  keyboard.translate(scan(0x3a, false));
  CHECK(keyboard.translate(scan(0x11, true)) == Strokes{{'w', true}});
}

TEST_CASE("keysyms pass as they are, and only what is down comes up") {
  vnc::BackKeyboard keyboard(0);
  CHECK(keyboard.translate(sym(0xff0d, false)).empty());
  CHECK(keyboard.translate(sym(0xff0d, true)) == Strokes{{0xff0d, true}});
  CHECK(keyboard.translate(sym(0xff0d, false)) == Strokes{{0xff0d, false}});
}

TEST_CASE("RDP's Pause is one key, and Num Lock after it is Num Lock again") {
  vnc::BackKeyboard keyboard(0);
  CHECK(keyboard.translate(scan(kExtended1Key | 0x1d, true)) == Strokes{{0xff13, true}});
  CHECK(keyboard.translate(scan(0x45, true)).empty());
  CHECK(keyboard.translate(scan(kExtended1Key | 0x1d, false)) == Strokes{{0xff13, false}});
  CHECK(keyboard.translate(scan(0x45, false)).empty());
  CHECK(keyboard.translate(scan(0x45, true)) == Strokes{{0xff7f, true}});
}

TEST_CASE("unicode events make characters, also those of two units") {
  vnc::BackKeyboard keyboard(0);
  CHECK(keyboard.translate(unicode(0x20ac, true)) == Strokes{{0x010020ac, true}});
  CHECK(keyboard.translate(unicode(0x20ac, false)) == Strokes{{0x010020ac, false}});
  CHECK(keyboard.translate(unicode(0xd83d, true)).empty());
  CHECK(keyboard.translate(unicode(0xde00, true)) == Strokes{{0x0101f600, true}});
  CHECK(vnc::BackKeyboard(0).translate(unicode(0xde00, true)).empty());
}

TEST_CASE("any key that no keyboard has makes nothing") {
  vnc::BackKeyboard keyboard(0);
  CHECK(keyboard.translate(scan(0xffff, true)).empty());
  CHECK(keyboard.translate(KeyEvent{.down = true}).empty());
}

TEST_CASE("a notch of the wheel is a click, and smaller turns add up") {
  vnc::PointerEncoder encoder;
  CHECK(encoder.encode(turn(120, 0, 1)) == Masks{1, 1 | 8, 1});
  CHECK(encoder.encode(turn(-240)) == Masks{0, 16, 0, 16, 0});
  CHECK(encoder.encode(turn(70)) == Masks{0});
  CHECK(encoder.encode(turn(70)) == Masks{0, 8, 0});
  CHECK(encoder.encode(turn(0, 120)) == Masks{0, 64, 0});
  CHECK(encoder.encode(turn(0, -120)) == Masks{0, 32, 0});
  CHECK(encoder.encode(turn(2'000'000'000)).size() <= 2 * 32 + 1);
}

TEST_CASE("what a client's mask says is what the encoder would send again") {
  vnc::PointerDecoder decoder;
  CHECK(decoder.decode(8, {3, 4}).wheel == 120);
  CHECK(decoder.decode(8, {3, 4}).wheel == 0);  // still the same click
  CHECK(decoder.decode(0, {3, 4}).wheel == 0);
  CHECK(decoder.decode(16, {3, 4}).wheel == -120);
  CHECK(decoder.decode(1 | 64, {3, 4}).wheel_horizontal == 120);
  const PointerEvent event = decoder.decode(7, {5, 6});
  CHECK(event.buttons == 7);
  CHECK(event.position == Point{5, 6});
}
