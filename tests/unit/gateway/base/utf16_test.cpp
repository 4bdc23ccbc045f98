#include "gateway/base/utf16.h"

#include <catch2/catch.hpp>
#include <string>

using namespace frostgate;

TEST_CASE("text survives UTF-16 and back") {
  const std::string text = "a\x7F \xC2\x80 ß \xDF\xBF \xE0\xA0\x80 € \xEF\xBF\xBF \xF0\x90\x80\x80 \xF4\x8F\xBF\xBF";
  const auto wide = to_utf16(text);
  REQUIRE(wide);
  CHECK(from_utf16(*wide) == text);
}

TEST_CASE("what is no UTF-16 becomes the replacement character") {
  const auto from = [](const std::string& bytes) { return from_utf16(std::as_bytes(std::span(bytes))); };
  CHECK(from(std::string("\x00\xD8", 2)) == "\xEF\xBF\xBD");
  CHECK(from(std::string("\x00\xDCx\0", 4)) == "\xEF\xBF\xBDx");
  CHECK(from(std::string("\x00\xD8x\0", 4)) == "\xEF\xBF\xBDx");
  CHECK(from(std::string("x\0y", 3)) == "x");
}
