#include "codec/tiles/keystroke_coding.h"

#include <catch2/catch.hpp>
#include <vector>

using namespace frostgate;
using namespace frostgate::codec;

TEST_CASE("a keystroke comes back as it was") {
  for (const Keystroke& keystroke : {Keystroke{SessionTime(7), 'a', true}, Keystroke{SessionTime(8), 0xff0d, false},
                                     Keystroke{SessionTime(9), 0x0101f600, true}}) {
    const auto decoded = decode_keystroke(keystroke.at, encode_keystroke(keystroke));
    REQUIRE(decoded);
    CHECK(decoded.value() == keystroke);
  }
}

TEST_CASE("what is not exactly one keystroke is refused") {
  const auto refused = [](std::vector<int> numbers) {
    std::vector<std::byte> bytes;
    for (const int number : numbers) bytes.push_back(static_cast<std::byte>(number));
    const auto decoded = decode_keystroke(SessionTime(0), bytes);
    return !decoded && decoded.error().kind == ErrorKind::corrupt;
  };
  CHECK(refused({}));
  CHECK(refused({1, 97, 0, 0}));
  CHECK(refused({1, 97, 0, 0, 0, 0}));
  CHECK(refused({2, 97, 0, 0, 0}));
  CHECK(refused({1, 0, 0, 0, 0}));
  CHECK(refused({1, 0, 0, 0, 0x20}));
  CHECK_FALSE(refused({1, 97, 0, 0, 0}));
}
