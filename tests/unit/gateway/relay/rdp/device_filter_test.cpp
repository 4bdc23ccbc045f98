// The devices themselves: what of a client's announcements a target hears, and who is cut.
#include "gateway/relay/rdp/device_filter.h"

#include <catch2/catch.hpp>

#include "tests/unit/gateway/relay/rdp/device_messages.h"

using namespace frostgate;
using namespace frostgate::relay::rdp;

namespace {

constexpr Redirections kDrives{.drives = DriveAccess::full};
constexpr Redirections kAll{.drives = DriveAccess::full, .printers = true, .ports = true, .smartcards = true};

ChannelMessage five_devices() {
  return device_list({{rdpdr::kFileSystem, 1, "C:", 6}, {rdpdr::kPrint, 2, "PRN1", 40}, {rdpdr::kSerial, 3, "COM1"}, {rdpdr::kParallel, 4, "LPT1"}, {rdpdr::kSmartcard, 5, "SCARD"}, {0x40, 6, "ODD"}});
}

ChannelMessage capabilities(std::uint32_t packet_kind, std::initializer_list<std::uint32_t> types) {
  ChannelMessage content = words({static_cast<std::uint32_t>(types.size())});
  for (const std::uint32_t type : types) {
    append(content, type, 2);
    append(content, type == rdpdr::kGeneralCapability ? 44 : 8, 2);
    append(content, 2, 4);
    if (type == rdpdr::kGeneralCapability) content.resize(content.size() + 36);
  }
  return packet(packet_kind, content);
}

std::vector<std::uint32_t> types_of(const ChannelMessage& message) {
  std::vector<std::uint32_t> out;
  for (std::size_t at = 8; at + 8 <= message.size(); at += number(message, at + 2, 2)) out.push_back(number(message, at, 2));
  CHECK(out.size() == number(message, 4, 2));
  return out;
}

}  // namespace

TEST_CASE("a target hears of the devices that the Grant lets pass, and of no other; the client is told which are denied") {
  BetweenBoth session(kDrives);
  REQUIRE(session.begins());
  CHECK(session.at_client() == server_announce());
  REQUIRE(session.client(five_devices()));
  CHECK(session.at_target() == device_list({{rdpdr::kFileSystem, 1, "C:", 6}}));
  REQUIRE(session.now.to_client.size() == 5);
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(kind_of(session.now.to_client[i]) == rdpdr::kDeviceReply);
    CHECK(word(session.now.to_client[i], 4) == i + 2);
    CHECK(word(session.now.to_client[i], 8) == rdpdr::kAccessDenied);
  }
  REQUIRE(session.facts.size() == 6);
  CHECK((session.facts[0].what == DeviceFact::What::announced && session.facts[0].device == "C:" && session.facts[0].kind == DeviceKind::drive));
  CHECK((session.facts[1].what == DeviceFact::What::refused && session.facts[1].device == "PRN1" && session.facts[1].kind == DeviceKind::printer));
  CHECK((session.facts[3].what == DeviceFact::What::refused && session.facts[3].kind == DeviceKind::port));
  CHECK((session.facts[5].what == DeviceFact::What::refused && session.facts[5].kind == DeviceKind::unknown));
}

TEST_CASE("with everything granted all kinds pass, but for an unknown one") {
  BetweenBoth session(kAll);
  REQUIRE(session.begins());
  REQUIRE(session.client(five_devices()));
  CHECK(session.at_target() == device_list({{rdpdr::kFileSystem, 1, "C:", 6}, {rdpdr::kPrint, 2, "PRN1", 40}, {rdpdr::kSerial, 3, "COM1"}, {rdpdr::kParallel, 4, "LPT1"}, {rdpdr::kSmartcard, 5, "SCARD"}}));
}

TEST_CASE("a smart card that its client names before and after the user is logged on is noted once, and is another when it comes back or has another name") {
  BetweenBoth session(kAll);
  REQUIRE(session.begins());
  const auto announces = [&](const char* name, std::size_t facts) {
    const ChannelMessage list = device_list({{rdpdr::kSmartcard, 5, name}});
    REQUIRE(session.client(list));
    CHECK(session.at_target() == list);
    CHECK(session.facts.size() == facts);
  };
  announces("SCARD", 1);
  announces("SCARD", 1);
  REQUIRE(session.client(packet(rdpdr::kDeviceRemoval, words({1, 5}))));
  announces("SCARD", 2);
  announces("OTHER", 3);
}

TEST_CASE("a list of which nothing passes is passed on empty") {
  BetweenBoth session({.smartcards = true});
  REQUIRE(session.begins());
  REQUIRE(session.client(device_list({{rdpdr::kFileSystem, 1, "C:"}})));
  CHECK(session.at_target() == device_list({}));
}

TEST_CASE("the handshake passes as it is, without what a client can and may not") {
  BetweenBoth session(kDrives);
  REQUIRE(session.begins());
  const ChannelMessage identity = packet(rdpdr::kClientId, words({0x000C0001, 7})), name = packet(rdpdr::kClientName, [] {
    ChannelMessage content = words({1, 0, 4});
    content.resize(content.size() + 4);
    return content;
  }());
  for (const ChannelMessage& message : {identity, name}) {
    REQUIRE(session.client(message));
    CHECK(session.at_target() == message);
  }
  REQUIRE(session.client(capabilities(rdpdr::kClientCapabilities, {1, 2, 3, 4, 5, 9})));
  CHECK(types_of(session.at_target()) == std::vector<std::uint32_t>{1, 4});
  REQUIRE(session.target(capabilities(rdpdr::kServerCapabilities, {1, 2, 3, 4, 5, 9})));
  CHECK(types_of(session.at_client()) == std::vector<std::uint32_t>{1, 2, 3, 4, 5});
  REQUIRE(session.target(identity));
  CHECK(session.at_client() == identity);
  REQUIRE(session.target(packet(rdpdr::kLoggedOn, {})));
  CHECK(session.at_client() == packet(rdpdr::kLoggedOn, {}));
  REQUIRE(session.client(device_list({{rdpdr::kFileSystem, 1, "C:"}})));
  const ChannelMessage reply = packet(rdpdr::kDeviceReply, words({1, 0}));
  REQUIRE(session.target(reply));
  CHECK(session.at_client() == reply);
}

TEST_CASE("nobody speaks before the target's first message") {
  for (const ChannelMessage& message : {device_list({}), packet(rdpdr::kClientId, words({0, 0})), completion(1, 1, 0)}) {
    BetweenBoth session(kAll);
    CHECK(cut(session.client(message)));
  }
  for (const ChannelMessage& message : {packet(rdpdr::kLoggedOn, {}), create(1, 1, "\\a"), packet(rdpdr::kDeviceReply, words({1, 0}))}) {
    BetweenBoth session(kAll);
    CHECK(cut(session.target(message)));
  }
}

TEST_CASE("what is malformed, of an unknown kind or of a hostile size is cut") {
  const std::vector<ChannelMessage> of_client{
      {}, ChannelMessage(3), packet(0x1234, {}), packet(rdpdr::kClientId, {}), packet(rdpdr::kClientId, words({0, 0}), 0x9999), packet(rdpdr::kRequest, words({1, 1, 1, 1, 1})), packet(rdpdr::kClientName, words({1})),
      packet(rdpdr::kClientName, words({1, 0, 0xFFFFFFFF})), packet(rdpdr::kClientName, words({1, 0, 5})), packet(rdpdr::kClientCapabilities, {}), packet(rdpdr::kClientCapabilities, words({65})),
      packet(rdpdr::kClientCapabilities, words({1})), packet(rdpdr::kClientCapabilities, words({1, 0x00070001, 0})), packet(rdpdr::kClientCapabilities, words({1, 0xFFFF0001, 0})), packet(rdpdr::kDeviceList, {}),
      packet(rdpdr::kDeviceList, words({1})), packet(rdpdr::kDeviceList, words({0xFFFFFFFF})), packet(rdpdr::kDeviceList, words({257})), packet(rdpdr::kDeviceList, words({1, 8, 1, 0, 0, 0xFFFFFFFF})),
      packet(rdpdr::kDeviceList, words({1, 8, 1, 0, 0, 1})), packet(rdpdr::kDeviceRemoval, {}), packet(rdpdr::kDeviceRemoval, words({2, 1})), packet(rdpdr::kDeviceRemoval, words({0xFFFFFFFF, 1})), completion(1, 1, 0),
      packet(rdpdr::kCompletion, words({1, 1}))};
  for (std::size_t i = 0; i < of_client.size(); ++i) {
    INFO(i);
    BetweenBoth session(kAll);
    REQUIRE(session.begins());
    CHECK(cut(session.client(of_client[i])));
    CHECK(session.now.to_target.empty());
  }
  const std::vector<ChannelMessage> of_target{{}, ChannelMessage(3), packet(0x1234, {}), packet(rdpdr::kServerAnnounce, {}), packet(rdpdr::kClientId, {}), packet(rdpdr::kServerCapabilities, {}),
                                              packet(rdpdr::kServerCapabilities, words({1, 0})), packet(rdpdr::kDeviceReply, {}), packet(rdpdr::kDeviceReply, words({1, 0})), packet(rdpdr::kRequest, words({1, 1, 1})),
                                              create(1, 1, "\\never announced"), packet(rdpdr::kDeviceList, words({0}))};
  for (std::size_t i = 0; i < of_target.size(); ++i) {
    INFO(i);
    BetweenBoth session(kAll);
    REQUIRE(session.begins());
    CHECK(cut(session.target(of_target[i])));
    CHECK(session.now.to_client.empty());
  }
}

TEST_CASE("a client has so many devices at a time, and may go on plugging in others for ever") {
  BetweenBoth session(kDrives);
  REQUIRE(session.begins());
  for (std::uint32_t id = 1; id <= DeviceFilter::kMostDevices; ++id) REQUIRE(session.client(device_list({{rdpdr::kFileSystem, id, "X:"}})));
  {
    BetweenBoth another = session;
    CHECK(cut(another.client(device_list({{rdpdr::kFileSystem, 1000, "X:"}}))));
  }
  for (std::uint32_t id = 1000; id < 2000; ++id) {
    REQUIRE(session.client(packet(rdpdr::kDeviceRemoval, words({1, id == 1000 ? 1 : id - 1}))));
    REQUIRE(session.client(device_list({{rdpdr::kFileSystem, id, "X:"}})));
    CHECK(session.at_target() == device_list({{rdpdr::kFileSystem, id, "X:"}}));
  }
}

TEST_CASE("of a device that is removed the target is told once, its files are closed, and what is still asked of it is refused") {
  BetweenBoth session(kAll);
  REQUIRE(session.begins());
  REQUIRE(session.client(device_list({{rdpdr::kFileSystem, 1, "E:"}, {rdpdr::kFileSystem, 2, "F:"}})));
  REQUIRE(session.open(1, 11, "\\plan.txt"));
  REQUIRE(session.target(request(1, 11, 5, rdpdr::kRead, words({100, 0, 0}))));
  const std::uint32_t asked = word(session.at_client(), 12);
  REQUIRE(session.client(packet(rdpdr::kDeviceRemoval, words({3, 1, 9, 1}))));
  CHECK(session.at_target() == packet(rdpdr::kDeviceRemoval, words({1, 1})));
  CHECK((session.facts.back().what == DeviceFact::What::closed && session.facts.back().path == "\\plan.txt"));
  REQUIRE(session.client(packet(rdpdr::kDeviceRemoval, words({1, 1}))));
  CHECK(session.now.to_target.empty());
  // On their way already.
  REQUIRE(session.client(completion(1, asked, 0xC0000001)));
  REQUIRE(session.target(packet(rdpdr::kDeviceReply, words({1, 0}))));
  CHECK(session.now.to_client.empty());
  REQUIRE(session.target(create(1, 6, "\\late.txt")));
  CHECK(session.refused_with() == rdpdr::kNoSuchDevice);
  CHECK(session.now.to_client.empty());
  REQUIRE(session.open(2, 21, "\\other.txt"));
}

TEST_CASE("what a lost target left open is closed at the client, and nothing of it reaches the next one") {
  BetweenBoth session(kAll);
  REQUIRE(session.begins());
  REQUIRE(session.client(device_list({{rdpdr::kFileSystem, 1, "C:"}})));
  REQUIRE(session.open(1, 11, "\\a"));
  REQUIRE(session.target(request(1, 11, 7, rdpdr::kRead, words({100, 0, 0}))));
  const std::uint32_t reading = word(session.at_client(), 12);
  REQUIRE(session.target(create(1, 8, "\\b")));
  const std::uint32_t opening = word(session.at_client(), 12);
  Passing lost;
  session.filter.target_gone(lost);
  REQUIRE(lost.to_client.size() == 1);
  CHECK((word(lost.to_client[0], 4) == 1 && word(lost.to_client[0], 8) == 11 && word(lost.to_client[0], 16) == rdpdr::kClose));
  REQUIRE(lost.facts.size() == 1);
  CHECK(lost.facts[0].what == DeviceFact::What::closed);
  // In between the client goes on for nobody, and a file that it opens late is closed.
  REQUIRE(session.client(completion(1, reading, 0, words({4, 0}))));
  CHECK(session.now.to_target.empty());
  REQUIRE(session.client(completion(1, opening, 0, words({12, 1}))));
  CHECK(session.now.to_target.empty());
  CHECK((word(session.at_client(), 8) == 12 && word(session.at_client(), 16) == rdpdr::kClose));
  REQUIRE(session.answers(0));
  CHECK(session.now.to_target.empty());
  REQUIRE(session.client(device_list({{rdpdr::kFileSystem, 3, "D:"}})));
  CHECK(session.now.to_target.empty());
  // The next one begins with the same numbers.
  REQUIRE(session.begins());
  REQUIRE(session.client(device_list({{rdpdr::kFileSystem, 1, "C:"}})));
  CHECK(session.at_target() == device_list({{rdpdr::kFileSystem, 1, "C:"}}));
  REQUIRE(session.target(create(1, 7, "\\c")));
  CHECK(word(session.at_client(), 12) != reading);
  REQUIRE(session.client(completion(1, word(lost.to_client[0], 12), 0)));
  CHECK(session.now.to_target.empty());
}

TEST_CASE("what a target knows of printers passes where printers do") {
  const ChannelMessage cache = packet(rdpdr::kPrinterCache, words({1, 0}), rdpdr::kPrinting), xps = packet(rdpdr::kPrinterXps, words({2, 0}), rdpdr::kPrinting);
  BetweenBoth prints({.printers = true}), does_not(kDrives);
  for (BetweenBoth* session : {&prints, &does_not}) {
    REQUIRE(session->begins());
    for (const ChannelMessage& message : {cache, xps}) {
      REQUIRE(session->target(message));
      CHECK(session->at_client() == (session == &prints ? message : ChannelMessage()));
    }
  }
  CHECK(cut(prints.client(cache)));
}
