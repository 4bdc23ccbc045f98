#include "gateway/relay/rdp/dynamic_channels.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/unit/bytes_of.h"

using namespace frostgate;
using namespace frostgate::relay::rdp;

namespace {

using Bytes = std::vector<std::byte>;

class Echo final : public DynamicChannel {
 public:
  std::string_view name() const override { return "echo"; }
  std::size_t longest() const override { return 10; }
  bool opened(Send send) override { return ++openings, send(bytes_of("hello")); }
  Result<void> receive(std::span<const std::byte> message) override {
    received.emplace_back(reinterpret_cast<const char*>(message.data()), message.size());
    return {};
  }
  void closed() override { ++closings; }

  int openings = 0, closings = 0;
  std::vector<std::string> received;
};

struct Connection {
  Echo echo;
  std::vector<Bytes> sent;
  DynamicChannels channels{{&echo}, [this](std::span<const std::byte> message) { return sent.emplace_back(message.begin(), message.end()), true; }};

  Result<void> say(const std::string& message) { return channels.receive(bytes_of(message), 3, message.size()); }
  bool refuses(const std::string& message) {
    const auto outcome = say(message);
    return !outcome && outcome.error().kind == ErrorKind::corrupt;
  }
};

const std::string kNul(1, '\0');

}  // namespace

TEST_CASE("a target opens the dynamic channel that we speak, by numbers of any width, and messages come whole") {
  for (const auto& [open, number] : {std::pair<std::string, std::string>{"\x10", "\x07"}, {"\x11", "\x34\x12"}, {"\x12", "\x34\x12\x56\x01"}}) {
    Connection to;
    REQUIRE(to.say(std::string("\x50\0\3\0", 4)));
    CHECK(to.sent.back() == bytes_of(std::string("\x50\0\1\0", 4)));  // version 1, whatever it offers
    REQUIRE(to.say(open + number + "echo" + kNul));
    REQUIRE(to.sent.size() == 3);
    CHECK(to.sent[1] == bytes_of(open + number + std::string(4, '\0')));
    const auto field = static_cast<char>(open[0] & 3);
    CHECK(to.sent[2] == bytes_of(std::string(1, static_cast<char>(0x30 | field)) + number + "hello"));
    const std::string data = std::string(1, static_cast<char>(0x30 | field)) + number, first = std::string(1, static_cast<char>(0x20 | field)) + number;
    REQUIRE(to.say(data + "one"));
    REQUIRE(to.say(first + "\x07" + "two"));
    CHECK(to.echo.received == std::vector<std::string>{"one"});
    REQUIRE(to.say(data + "more"));
    CHECK(to.echo.received == std::vector<std::string>{"one", "twomore"});
    REQUIRE(to.say(std::string(1, static_cast<char>(0x40 | field)) + number));
    CHECK(to.echo.closings == 1);
    CHECK(to.sent.back() == bytes_of(std::string(1, static_cast<char>(0x40 | field)) + number));
    REQUIRE(to.say(data + "late"));
    CHECK(to.echo.received.size() == 2);
    REQUIRE(to.say(open + number + "echo" + kNul));
    CHECK(to.echo.openings == 2);
  }
}

TEST_CASE("what we do not speak is refused, and so is the same channel once more") {
  Connection to;
  const std::string refused("\x01\0\0\xC0", 4);
  for (const std::string& name : {std::string("ECHO"), std::string("AUDIO_INPUT"), std::string("rdpsnd"), std::string(), std::string("echo2")}) {
    REQUIRE(to.say("\x10\x03" + name + kNul));
    CHECK(to.sent.back() == bytes_of("\x10\x03" + refused));
  }
  REQUIRE(to.say("\x30\x03 data of a channel that was refused"));
  REQUIRE(to.say("\x10\x04" "echo" + kNul));
  REQUIRE(to.say("\x10\x05" "echo" + kNul));
  CHECK(to.sent.back() == bytes_of("\x10\x05" + refused));
  CHECK(to.echo.openings == 1);
  CHECK(to.echo.received.empty());
}

TEST_CASE("a message that announces too much, contradicts itself, is cut, or is compressed ends the connection") {
  Connection to;
  REQUIRE(to.say("\x10\x07" "echo" + kNul));
  CHECK(to.refuses(""));
  CHECK(to.refuses("\x33\x07 no width of a number"));
  CHECK(to.refuses("\x32\x07"));
  CHECK(to.refuses(std::string("\x28\x07\xFF\xFF\xFF\xFF", 6) + "data"));
  CHECK(to.refuses("\x30\x07 longer than it takes"));
  CHECK(to.refuses("\x60\x07" "compressed"));
  CHECK(to.refuses("\x70\x07" "compressed"));
  CHECK(to.refuses("\x80\x07"));
  CHECK(to.echo.received.empty());
  const auto begins = [](Connection& connection) { return connection.say("\x10\x07" "echo" + kNul) && connection.say("\x20\x07\x05" "ab"); };
  Connection longer, again;
  REQUIRE(begins(longer));
  CHECK(longer.refuses("\x30\x07" "cdef"));
  REQUIRE(begins(again));
  CHECK(again.refuses("\x20\x07\x05" "ab"));
}
