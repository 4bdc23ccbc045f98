#include "gateway/relay/rdp/sound_filter.h"

#include <catch2/catch.hpp>

#include "tests/unit/gateway/relay/rdp/device_messages.h"

using namespace frostgate;
using namespace frostgate::relay::rdp;

namespace {

// MS-RDPEA 2.2.1
constexpr std::uint32_t kSoundClose = 1, kSoundWave = 2, kSoundVolume = 3, kSoundConfirm = 5, kSoundTraining = 6, kSoundFormats = 7, kSoundQuality = 0xC, kSoundWave2 = 0xD;

ChannelMessage sound(std::uint32_t type, std::size_t size) {
  ChannelMessage out;
  append(out, type, 1);
  append(out, 0, 1);
  append(out, static_cast<std::uint32_t>(size - 4), 2);
  while (out.size() < size) append(out, static_cast<std::uint32_t>(out.size()) & 0xFF, 1);
  return out;
}

struct SoundEnds {
  SoundFilter filter;
  Passing now;
  Result<void> client(ChannelMessage message) {
    now = {};
    return filter.from_client(std::move(message), now);
  }
  Result<void> target(ChannelMessage message, bool crowded = false) {
    now = {};
    return filter.from_target(std::move(message), crowded, now);
  }
  bool to_client(const ChannelMessage& message) const { return now.to_target.empty() && now.to_client == std::vector<ChannelMessage>{message}; }
  bool to_target(const ChannelMessage& message) const { return now.to_client.empty() && now.to_target == std::vector<ChannelMessage>{message}; }
  bool nowhere() const { return now.to_client.empty() && now.to_target.empty(); }
};

}  // namespace

TEST_CASE("client and target agree on formats, without datagrams past the gateway, and sound and confirmations pass") {
  SoundEnds ends;
  REQUIRE(ends.target(sound(kSoundFormats, 60)));
  CHECK(ends.to_client(sound(kSoundFormats, 60)));
  ChannelMessage without_port = sound(kSoundFormats, 42);
  CHECK(number(without_port, 16, 2) != 0);
  overwrite(without_port, 16, 0, 2);
  REQUIRE(ends.client(sound(kSoundFormats, 42)));
  CHECK(ends.to_target(without_port));
  REQUIRE(ends.client(sound(kSoundQuality, 8)));
  CHECK(ends.to_target(sound(kSoundQuality, 8)));
  REQUIRE(ends.target(sound(kSoundTraining, 1024)));
  CHECK(ends.to_client(sound(kSoundTraining, 1024)));
  REQUIRE(ends.client(sound(kSoundTraining, 8)));
  CHECK(ends.to_target(sound(kSoundTraining, 8)));
  // In two messages, which stay beside each other, and in one.
  REQUIRE(ends.target(sound(kSoundWave, 16)));
  CHECK(ends.nowhere());
  REQUIRE(ends.target(sound(0, 2000)));
  CHECK(ends.now.to_client == std::vector{sound(kSoundWave, 16), sound(0, 2000)});
  REQUIRE(ends.target(sound(kSoundWave2, 500)));
  CHECK(ends.to_client(sound(kSoundWave2, 500)));
  for (int i = 0; i < 2; ++i) {
    REQUIRE(ends.client(sound(kSoundConfirm, 8)));
    CHECK(ends.to_target(sound(kSoundConfirm, 8)));
  }
  for (const std::uint32_t type : {kSoundVolume, kSoundClose}) {
    REQUIRE(ends.target(sound(type, 8)));
    CHECK(ends.to_client(sound(type, 8)));
  }
}

TEST_CASE("what a client says that nobody waits for stays here") {
  SoundEnds ends;
  for (const std::uint32_t type : {kSoundFormats, kSoundQuality, kSoundTraining, kSoundConfirm}) {
    REQUIRE(ends.client(sound(type, 42)));
    CHECK(ends.nowhere());
  }
  REQUIRE(ends.target(sound(kSoundFormats, 60)));
  REQUIRE(ends.client(sound(kSoundFormats, 42)));
  REQUIRE(ends.client(sound(kSoundFormats, 42)));
  CHECK(ends.nowhere());
}

TEST_CASE("sound that a client is too slow for is left out, and confirmed to the target") {
  SoundEnds ends;
  for (const std::uint32_t type : {kSoundWave2, kSoundWave}) {
    REQUIRE(ends.target(sound(type, 16), true));
    ChannelMessage confirmed;
    append(confirmed, kSoundConfirm, 1);
    append(confirmed, 0, 1);
    append(confirmed, 4, 2);
    append(confirmed, 0x0504, 2);  // the time, and the block's number, as sound() has them
    append(confirmed, 8, 1);
    append(confirmed, 0, 1);
    CHECK(ends.to_target(confirmed));
  }
  // The sound of the second comes in the next message; whether there is room again by then changes nothing.
  REQUIRE(ends.target(sound(0, 2000), false));
  CHECK(ends.nowhere());
  REQUIRE(ends.target(sound(kSoundWave, 16), false));
  REQUIRE(ends.target(sound(0, 2000), true));
  CHECK(ends.now.to_client.size() == 2);
  // The others pass, and the client confirms what it got alone.
  REQUIRE(ends.target(sound(kSoundVolume, 8), true));
  CHECK(ends.to_client(sound(kSoundVolume, 8)));
  REQUIRE(ends.client(sound(kSoundConfirm, 8)));
  CHECK(ends.to_target(sound(kSoundConfirm, 8)));
  REQUIRE(ends.client(sound(kSoundConfirm, 8)));
  CHECK(ends.nowhere());
}

TEST_CASE("a message about sound that is malformed or of an unknown kind is cut") {
  for (const ChannelMessage& message : {ChannelMessage(), ChannelMessage(3), sound(kSoundFormats, 20), sound(kSoundTraining, 6), sound(kSoundWave, 12), sound(kSoundWave2, 15), sound(8, 60), sound(9, 60), sound(0xB, 60), sound(0, 60)}) {
    INFO(message.size());
    SoundEnds ends;
    CHECK(cut(ends.target(message)));
    CHECK(ends.nowhere());
  }
  SoundEnds waits;
  REQUIRE(waits.target(sound(kSoundWave, 16)));
  CHECK(cut(waits.target(ChannelMessage(3))));
  for (const ChannelMessage& message : {ChannelMessage(), sound(kSoundConfirm, 7), sound(kSoundVolume, 8), sound(kSoundWave2, 100), sound(0xFF, 60)}) {
    SoundEnds ends;
    CHECK(cut(ends.client(message)));
  }
  SoundEnds ends;
  REQUIRE(ends.target(sound(kSoundFormats, 60)));
  CHECK(cut(ends.client(sound(kSoundFormats, 20))));
}
