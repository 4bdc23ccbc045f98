#include <catch2/catch.hpp>

#include "gateway/relay/rdp/graphics_channel.h"

using namespace frostgate::relay::rdp;

TEST_CASE("AVC420 goes to clients that say they take it, by the rule of their version") {
  constexpr UINT32 kThin = RDPGFX_CAPS_FLAG_THINCLIENT, kSmall = RDPGFX_CAPS_FLAG_SMALL_CACHE, kEnabled = RDPGFX_CAPS_FLAG_AVC420_ENABLED,
                   kDisabled = RDPGFX_CAPS_FLAG_AVC_DISABLED;
  struct Row {
    UINT32 version, flags;
    bool avc;
  };
  const Row rows[] = {
      {RDPGFX_CAPVERSION_8, 0, false},           {RDPGFX_CAPVERSION_8, kThin | kSmall, false},
      {RDPGFX_CAPVERSION_8, kEnabled, false},  // the flag came with 8.1
      {RDPGFX_CAPVERSION_81, 0, false},          {RDPGFX_CAPVERSION_81, kThin | kSmall, false},
      {RDPGFX_CAPVERSION_81, kEnabled, true},    {RDPGFX_CAPVERSION_81, kEnabled | kThin, true},
      {RDPGFX_CAPVERSION_10, 0, true},           {RDPGFX_CAPVERSION_10, kDisabled, false},
      {RDPGFX_CAPVERSION_10, kDisabled | kEnabled, false},
      {RDPGFX_CAPVERSION_101, 0, true},          {RDPGFX_CAPVERSION_102, kDisabled, false},
      {RDPGFX_CAPVERSION_103, 0, true},          {RDPGFX_CAPVERSION_104, kDisabled | kSmall, false},
      {RDPGFX_CAPVERSION_105, kSmall, true},     {RDPGFX_CAPVERSION_106, kDisabled, false},
      {RDPGFX_CAPVERSION_107, kSmall, true},     {RDPGFX_CAPVERSION_107, kDisabled, false},
  };
  for (const Row& row : rows) {
    RDPGFX_CAPSET set{};
    set.version = row.version;
    set.flags = row.flags;
    INFO(std::hex << row.version << " with " << row.flags);
    CHECK(takes_avc(set) == row.avc);
  }
}

TEST_CASE("RemoteFX Progressive goes to all clients but those that say they are thin, which none from version 10 on can say") {
  constexpr UINT32 kThin = RDPGFX_CAPS_FLAG_THINCLIENT;
  const auto takes = [](UINT32 version, UINT32 flags) {
    RDPGFX_CAPSET set{};
    set.version = version;
    set.flags = flags;
    return takes_progressive(set);
  };
  for (const UINT32 version : {RDPGFX_CAPVERSION_8, RDPGFX_CAPVERSION_81}) {
    CHECK(takes(version, 0));
    CHECK_FALSE(takes(version, kThin));
  }
  for (const UINT32 version : {RDPGFX_CAPVERSION_10, RDPGFX_CAPVERSION_107}) CHECK(takes(version, RDPGFX_CAPS_FLAG_SMALL_CACHE));
}
