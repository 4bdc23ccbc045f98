#include "gateway/relay/rdp/channel_bridge.h"

#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

#include "tests/unit/gateway/relay/rdp/device_messages.h"

using namespace frostgate;
using namespace frostgate::relay;
using namespace frostgate::relay::rdp;

namespace {

constexpr std::uint32_t kWholeMessage = 3;  // CHANNEL_FLAG_FIRST, CHANNEL_FLAG_LAST

ChannelMessage wave(std::size_t size) {
  ChannelMessage out;
  append(out, 0xD, 4);
  out.resize(size);
  return out;
}

struct BridgedSession {
  explicit BridgedSession(const Redirections& allowed = {.drives = DriveAccess::full, .sound = true})
      : bridge(allowed, [this](const DeviceFact& fact) { facts.push_back(fact); }) {
    bridge.attach(BridgeEnd::client, client);
    bridge.attach(BridgeEnd::target, target);
  }
  Result<void> say(BridgeEnd from, const ChannelMessage& message, BridgedChannel channel = BridgedChannel::devices, ChannelBridge::Clock::time_point now = {}) {
    return bridge.receive(from, channel, message, kWholeMessage, message.size(), now);
  }
  // A drive of the client's with an open file.
  void begin() {
    REQUIRE(say(BridgeEnd::target, server_announce()));
    REQUIRE(say(BridgeEnd::client, device_list({{rdpdr::kFileSystem, 1, "C:"}})));
    REQUIRE(say(BridgeEnd::target, create(1, 1, "\\a", 0xC0000000)));
    while (const auto next = bridge.next(BridgeEnd::client)) asked = next->message;
    REQUIRE(say(BridgeEnd::client, completion(1, word(asked, 12), 0, words({7, 1}))));
    while (bridge.next(BridgeEnd::target)) {
    }
  }
  Wakeup client, target;
  std::vector<DeviceFact> facts;
  ChannelBridge bridge;
  ChannelMessage asked;
};

}  // namespace

TEST_CASE("a message goes to the other end, which is woken, and sound goes first") {
  BridgedSession session;
  CHECK_FALSE(session.client.lower());
  REQUIRE(session.say(BridgeEnd::target, server_announce()));
  CHECK(session.client.lower());
  CHECK_FALSE(session.target.lower());
  REQUIRE(session.say(BridgeEnd::target, wave(100), BridgedChannel::sound));
  CHECK(session.bridge.waits(BridgeEnd::client));
  auto next = session.bridge.next(BridgeEnd::client);
  REQUIRE(next);
  CHECK((next->channel == BridgedChannel::sound && next->message == wave(100)));
  next = session.bridge.next(BridgeEnd::client);
  REQUIRE(next);
  CHECK((next->channel == BridgedChannel::devices && next->message == server_announce()));
  CHECK_FALSE(session.bridge.waits(BridgeEnd::client));
  CHECK_FALSE(session.bridge.next(BridgeEnd::client));
}

TEST_CASE("a message that comes in chunks is one, and chunks of the two channels do not mix") {
  BridgedSession session;
  const ChannelMessage announce = server_announce(), sound = wave(100);
  const std::span<const std::byte> first(announce), second(sound);
  REQUIRE(session.bridge.receive(BridgeEnd::target, BridgedChannel::devices, first.first(5), 1, announce.size(), {}));
  REQUIRE(session.bridge.receive(BridgeEnd::target, BridgedChannel::sound, second.first(50), 1, 100, {}));
  REQUIRE(session.bridge.receive(BridgeEnd::target, BridgedChannel::devices, first.subspan(5), 2, announce.size(), {}));
  CHECK_FALSE(session.bridge.next(BridgeEnd::client).value().channel == BridgedChannel::sound);
  REQUIRE(session.bridge.receive(BridgeEnd::target, BridgedChannel::sound, second.subspan(50), 2, 100, {}));
  CHECK(session.bridge.next(BridgeEnd::client).value().message == sound);
}

TEST_CASE("a long message of devices goes in chunks, sound between them, and waits where it is not due") {
  BridgedSession session;
  session.begin();
  const ChannelMessage written = write(1, 7, 9, 4000);
  REQUIRE(session.say(BridgeEnd::target, written));
  CHECK_FALSE(session.bridge.next_portion(BridgeEnd::client, false));
  CHECK_FALSE(session.bridge.within_devices(BridgeEnd::client));
  ChannelMessage came;
  std::vector<std::uint32_t> flags;
  const auto take = [&](BridgedChannel expected) {
    const auto portion = session.bridge.next_portion(BridgeEnd::client, true);
    REQUIRE(portion);
    CHECK(portion->bytes.size() <= 1600);
    CHECK(portion->channel == expected);
    if (expected == BridgedChannel::sound) return;
    flags.push_back(portion->flags);
    came.insert(came.end(), portion->bytes.begin(), portion->bytes.end());
    CHECK(portion->total == written.size());
  };
  take(BridgedChannel::devices);
  CHECK(session.bridge.within_devices(BridgeEnd::client));
  REQUIRE(session.say(BridgeEnd::target, wave(100), BridgedChannel::sound));
  CHECK(session.bridge.next_portion(BridgeEnd::client, false)->channel == BridgedChannel::sound);
  CHECK_FALSE(session.bridge.next_portion(BridgeEnd::client, false));
  REQUIRE(session.say(BridgeEnd::target, wave(100), BridgedChannel::sound));
  take(BridgedChannel::sound);
  take(BridgedChannel::devices);
  take(BridgedChannel::devices);
  CHECK_FALSE(session.bridge.within_devices(BridgeEnd::client));
  CHECK_FALSE(session.bridge.waits(BridgeEnd::client));
  CHECK(flags == std::vector<std::uint32_t>{1, 0, 2});
  CHECK(came.size() == written.size());
}

TEST_CASE("on a channel that does not pass everything is dropped") {
  BridgedSession deaf({.drives = DriveAccess::read});
  CHECK_FALSE(deaf.bridge.passes(BridgedChannel::sound));
  REQUIRE(deaf.say(BridgeEnd::target, wave(100), BridgedChannel::sound));
  REQUIRE(deaf.say(BridgeEnd::target, ChannelMessage(1), BridgedChannel::sound));
  CHECK_FALSE(deaf.bridge.waits(BridgeEnd::client));
  BridgedSession mute({.sound = true});
  CHECK_FALSE(mute.bridge.passes(BridgedChannel::devices));
  REQUIRE(mute.say(BridgeEnd::target, server_announce()));
  CHECK_FALSE(mute.bridge.waits(BridgeEnd::client));
}

TEST_CASE("who sends what cannot be is cut") {
  BridgedSession session;
  CHECK(cut(session.say(BridgeEnd::client, device_list({}))));
  CHECK(cut(session.bridge.receive(BridgeEnd::client, BridgedChannel::devices, {}, 1, 0xFFFFFFFF, {})));
  CHECK(cut(session.say(BridgeEnd::target, ChannelMessage(3), BridgedChannel::sound)));
}

TEST_CASE("who floods is cut, and who says as much in more time is not") {
  BridgedSession session;
  session.begin();
  ChannelBridge::Clock::time_point now{};
  const ChannelMessage volume = [] { ChannelMessage out; append(out, 3, 4); append(out, 0, 4); return out; }();
  const auto says = [&](std::chrono::microseconds apart) {
    now += std::chrono::minutes(1);
    for (int i = 0; i < 300'000; ++i) {
      if (!session.say(BridgeEnd::target, volume, BridgedChannel::sound, now += apart)) return i;
      (void)session.bridge.next(BridgeEnd::client);
    }
    return -1;
  };
  CHECK(says(std::chrono::microseconds(200)) == -1);
  CHECK(says(std::chrono::microseconds(10)) == 100'000);
}

TEST_CASE("a client that does not read gets no more sound and no more requests, and its target is not held up") {
  BridgedSession session;
  session.begin();
  int confirmed = 0, refused = 0;
  for (int i = 0; i < 100; ++i) {
    REQUIRE(session.say(BridgeEnd::target, wave(16'000), BridgedChannel::sound));
    REQUIRE(session.say(BridgeEnd::target, write(1, 7, 100, 100'000)));
    while (const auto next = session.bridge.next(BridgeEnd::target)) ++(next->channel == BridgedChannel::sound ? confirmed : refused);
  }
  CHECK(confirmed > 50);
  CHECK(refused > 50);
  std::size_t waits = 0;
  while (const auto next = session.bridge.next(BridgeEnd::client)) waits += next->message.size();
  CHECK(waits < ChannelBridge::kCrowded + ChannelBridge::kLongestSound + 200'000);
  // It reads again.
  REQUIRE(session.say(BridgeEnd::target, wave(16'000), BridgedChannel::sound));
  CHECK(session.bridge.waits(BridgeEnd::client));
}

TEST_CASE("more than any end could take is cut where the other does not read") {
  BridgedSession session;
  session.begin();
  ChannelMessage announce = server_announce();
  announce.resize(4000);
  Result<void> outcome{};
  std::size_t said = 0;
  for (; said < 1'000'000 && outcome; ++said) outcome = session.say(BridgeEnd::target, announce, BridgedChannel::devices, ChannelBridge::Clock::time_point(std::chrono::milliseconds(said)));
  CHECK(cut(outcome));
  CHECK(said * announce.size() <= ChannelBridge::kMostWaiting + 2 * announce.size());
}

TEST_CASE("when the target goes, its file is closed at the client, and what waits for it is not for the next") {
  BridgedSession session;
  session.begin();
  REQUIRE(session.say(BridgeEnd::client, device_list({{rdpdr::kFileSystem, 2, "D:"}})));
  CHECK(session.bridge.waits(BridgeEnd::target));
  session.bridge.detach(BridgeEnd::target);
  CHECK_FALSE(session.bridge.waits(BridgeEnd::target));
  CHECK(word(session.bridge.next(BridgeEnd::client).value().message, 16) == rdpdr::kClose);
  CHECK(session.facts.back().what == DeviceFact::What::closed);
  REQUIRE(session.say(BridgeEnd::client, device_list({{rdpdr::kFileSystem, 3, "E:"}})));
  CHECK_FALSE(session.bridge.waits(BridgeEnd::target));
  session.bridge.attach(BridgeEnd::target, session.target);
  session.begin();
}

TEST_CASE("at its end a session says what is still open, once, and nothing passes any more") {
  BridgedSession session;
  session.begin();
  const std::size_t before = session.facts.size();
  session.bridge.close();
  REQUIRE(session.facts.size() == before + 1);
  CHECK((session.facts.back().what == DeviceFact::What::closed && session.facts.back().path == "\\a"));
  session.bridge.close();
  CHECK(session.facts.size() == before + 1);
  REQUIRE(session.say(BridgeEnd::target, server_announce()));
  CHECK_FALSE(session.bridge.waits(BridgeEnd::client));
}

TEST_CASE("both ends may speak at the same time") {
  BridgedSession session;
  session.begin();
  std::atomic<bool> over = false;
  std::jthread target([&] {
    for (int i = 0; i < 2000; ++i) {
      if (!session.say(BridgeEnd::target, write(1, 7, 100, 10))) break;
      while (session.bridge.next(BridgeEnd::target)) {
      }
    }
    over = true;
  });
  // As many as the client was not too slow for.
  std::uint64_t answered = 0;
  for (bool last = false; !last;) {
    last = over;
    while (const auto next = session.bridge.next(BridgeEnd::client)) {
      REQUIRE(session.say(BridgeEnd::client, completion(1, word(next->message, 12), 0, words({10}))));
      ++answered;
    }
  }
  target.join();
  session.bridge.close();
  CHECK(answered > 0);
  CHECK(session.facts.back().to_client == 10 * answered);
}
