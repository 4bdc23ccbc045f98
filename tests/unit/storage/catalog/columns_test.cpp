#include "storage/catalog/columns.h"

#include <catch2/catch.hpp>

#include "tests/unit/storage/catalog/fixture.h"

using namespace frostgate;
using namespace frostgate::catalog;

TEST_CASE("a name is short and harmless in a path, a shell and an address") {
  for (const char* good : {"a", "A-1_b.c", "_x", "0"}) CHECK(check_name("it", good));
  for (const char* bad : {"", ".", "..", "-rf", "a b", "a/b", "a@b", "ä", "a'b", "a\nb"}) {
    INFO(bad);
    CHECK(kind_of(check_name("it", bad)) == ErrorKind::invalid);
  }
  CHECK(check_name("it", std::string(64, 'n')));
  CHECK_FALSE(check_name("it", std::string(65, 'n')));
  CHECK_FALSE(check_name("it", std::string("a\0b", 3)));
}

TEST_CASE("text is UTF-8 without NUL") {
  for (const char* good : {"", "plain", "é", "\xe6\xbc\xa2", "\xf0\x9f\x94\x92", "\x01\x7f", "\xf4\x8f\xbf\xbf"}) {
    CHECK(check_text("it", good));
    CHECK(readable(good) == good);
  }
  for (const char* bad : {"\xff", "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80",
                          "\xf5\x80\x80\x80", "\x80", "\xe6\xbc", "a\xc3("}) {
    CHECK(kind_of(check_text("it", bad)) == ErrorKind::invalid);
    CHECK(check_text("it", readable(bad)));
  }
  CHECK(readable(std::string_view("a\0b\xff", 4)) == "a\xef\xbf\xbd" "b\xef\xbf\xbd");
}

TEST_CASE("bytes survive hexadecimal and nothing else is taken for it") {
  const auto bytes = bytes_of(std::string("\0\x7f\xff\x0a", 4));
  CHECK(hex(bytes) == "007fff0a");
  CHECK(*bytes_from_hex("007fff0a") == bytes);
  for (const char* bad : {"0", "0g", "AB", "0 ", "zz"}) CHECK(kind_of(bytes_from_hex(bad)) == ErrorKind::corrupt);
}
