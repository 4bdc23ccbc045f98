#include "gateway/relay/rdp/channel_name.h"

#include <catch2/catch.hpp>

using namespace frostgate::relay::rdp;

TEST_CASE("a channel's name is shown in eight plain characters, whatever the client calls it") {
  CHECK(shown_channel_name("rdpsnd") == "rdpsnd");
  CHECK(shown_channel_name("My_Ch-1") == "My_Ch-1");
  CHECK(shown_channel_name("") == "");
  CHECK(shown_channel_name("a,b c\n\x1b") == "a?b?c??");
  CHECK(shown_channel_name("\xC3\xA4\x80\xFF%s{}") == "?????s??");
  CHECK(shown_channel_name("longer-than-eight") == "longer-t");
}
