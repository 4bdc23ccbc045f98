#include <catch2/catch.hpp>

#include "gateway/relay/vnc/latin1.h"
#include "gateway/relay/vnc/pointer.h"

using namespace frostgate;
using namespace frostgate::relay;
using Masks = std::vector<std::uint8_t>;

namespace {
PointerEvent turn(int wheel, int horizontal = 0, std::uint8_t buttons = 0) {
  return {.position = {}, .buttons = buttons, .wheel = wheel, .wheel_horizontal = horizontal};
}
}  // namespace

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

TEST_CASE("copied text becomes Latin-1 as far as it can, and comes back") {
  using vnc::latin1_of, vnc::utf8_of;
  CHECK(latin1_of("Gr\u00fc\u00dfe\r\nan alle") == "Gr\xfc\xdf" "e\nan alle");
  CHECK(latin1_of("10 \u20ac \U0001f600 ok") == "10 ? ? ok");
  CHECK(latin1_of("\xff\xc3") == "??");
  CHECK(utf8_of("Gr\xfc\xdf" "e") == "Gr\u00fc\u00dfe");
}
