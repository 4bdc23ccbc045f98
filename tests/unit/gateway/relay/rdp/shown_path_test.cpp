#include "gateway/relay/rdp/shown_path.h"

#include <catch2/catch.hpp>

#include "gateway/base/utf16.h"
#include "gateway/relay/rdp/little_endian.h"

using namespace frostgate;
using namespace frostgate::relay::rdp;

TEST_CASE("a path is shown as it is, up to its end, and what nobody would see is") {
  const auto shown = [](std::string_view path) { return shown_path(to_utf16(path).value()); };
  CHECK(shown("\\Grüße 漢字 😀\\a b.txt") == "\\Grüße 漢字 😀\\a b.txt");
  CHECK(shown(std::string_view("\\a\0\\b", 5)) == "\\a");
  CHECK(shown("").empty());
  CHECK(shown("a\nb\x1b[31m\x7f") == "a?b?[31m?");
  CHECK(shown("invoice\xE2\x80\xAEtxt.exe") == "invoice?txt.exe");  // U+202E turns what follows
  CHECK(shown("a\xE2\x80\x8B\xC2\x85\xEF\xBB\xBF\xE2\x81\xA6") == "a????");
  std::vector<std::byte> half;
  append(half, 0xD800, 2);
  append(half, 'a', 2);
  half.push_back(std::byte{1});
  CHECK(shown_path(half) == "\xEF\xBF\xBD" "a");
}

TEST_CASE("a path longer than Windows' is cut, and says so") {
  const std::string longest(260, 'x');
  CHECK(shown_path(to_utf16(longest).value()) == longest);
  CHECK(shown_path(to_utf16(longest + "y").value()) == longest + "...");
  CHECK(shown_path(std::vector<std::byte>(1 << 16, std::byte{0x41})).size() == 260 * 3 + 3);
}

TEST_CASE("a device's name is eight characters that can be printed") {
  const auto shown = [](std::string_view name) { return shown_device(std::as_bytes(std::span(name))); };
  CHECK(shown(std::string_view("C:\0\0\0\0\0\0", 8)) == "C:");
  CHECK(shown("PRN12345") == "PRN12345");
  CHECK(shown("123456789") == "12345678");
  CHECK(shown("a\n\xFF b") == "a???b");
}
