#include "gateway/relay/rdp/announced_length.h"

#include <catch2/catch.hpp>
#include <string>

#include "tests/unit/bytes_of.h"

using namespace frostgate;
using namespace frostgate::relay::rdp;

TEST_CASE("what is announced on a dynamic channel is no more than any message there can have") {
  const auto allowed = [](const std::string& chunk, unsigned flags, std::size_t total) { return check_announced(bytes_of(chunk), flags, total).has_value(); };
  CHECK(allowed(std::string("\x24\x07\x00\x20", 4) + "data", 3, 8));                     // 8192 bytes follow
  CHECK_FALSE(allowed(std::string("\x28\x07\xff\xff\xff\xff", 6) + "data", 3, 10));    // 4 GB
  CHECK_FALSE(allowed(std::string("\x68\x07\xff\xff\xff\xff", 6) + "data", 3, 10));    // compressed
  CHECK_FALSE(allowed(std::string("\x2a\x07\0\0\0\xff\xff\xff\x7f", 9), 3, 9));      // of a channel with a long number
  CHECK(allowed(std::string("\x28\x07\xff\xff\xff\xff", 6), 2, 6));                     // what goes on announces nothing
  CHECK(allowed(std::string("\x30\x07\xff\xff\xff\xff", 6), 3, 6));                     // data
  CHECK_FALSE(allowed("0", 1, 0xFFFFFFFF));                                                 // the static channel's own length
  for (const char* cut : {"", "\x28", "\x28\x07", "\x28\x07\xff"}) CHECK(allowed(cut, 3, 1));
}
