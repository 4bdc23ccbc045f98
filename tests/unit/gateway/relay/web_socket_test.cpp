#include "gateway/relay/vnc/web_socket.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <string>

#include "gateway/base/descriptor.h"

using namespace frostgate;
using namespace frostgate::relay::vnc;
using namespace std::chrono_literals;

namespace {

std::string masked(int first, std::string payload, std::size_t claimed = SIZE_MAX) {
  const std::size_t size = claimed == SIZE_MAX ? payload.size() : claimed;
  std::string out{static_cast<char>(first)};
  const auto append = [&](int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out += static_cast<char>(static_cast<std::uint64_t>(size) >> shift);
  };
  if (size < 126) out += static_cast<char>(0x80 | size);
  else if (size < 65536) out += static_cast<char>(0xfe), append(2);
  else out += static_cast<char>(0xff), append(8);
  const std::string mask = "\x11\x22\x83\x44";
  for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<char>(payload[i] ^ mask[i % 4]);
  return out + mask + payload;
}

const std::string kBig(70000, 'x'), kMiddle(300, 'm');

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

std::uint16_t refused(const std::string& frames) {
  FrameReader reader;
  const auto said = reader.take(bytes_of(frames));
  REQUIRE_FALSE(said);
  CHECK(said.error().kind == ErrorKind::corrupt);
  return reader.refusal();
}

// A browser, and the library behind the tunnel.
struct Pair {
  Pair(WebSocket::Patience patience = {}) {
    int pair[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    browser = Descriptor(pair[0]);
    outer = Descriptor(pair[1]);
    fcntl(outer.fd(), F_SETFL, O_NONBLOCK);
    auto opened = WebSocket::open(outer.fd(), patience);
    REQUIRE(opened);
    socket = std::move(opened).value();
  }
  void say(const std::string& bytes) { REQUIRE(send(browser.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size())); }
  // What comes until `size` bytes are there, or the end.
  static std::string hear(int from, std::size_t size) {
    std::string out;
    pollfd waiting{from, POLLIN, 0};
    char byte;
    while (out.size() < size && poll(&waiting, 1, 5000) == 1 && recv(from, &byte, 1, 0) == 1) out += byte;
    return out;
  }
  Descriptor browser, outer;
  std::unique_ptr<WebSocket> socket;
};

}  // namespace

TEST_CASE("frames of a browser are read alike however they are cut") {
  const std::string frames = masked(0x82, "RFB ") + masked(0x89, "are you there") + masked(0x02, "00") + masked(0x80, "3.008\n") + masked(0x82, "") + masked(0x82, kMiddle) +
                             masked(0x82, kBig) + masked(0x88, "\x03\xe8" "bye") + masked(0x82, "too late");
  for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{4096}, frames.size()}) {
    FrameReader reader;
    std::string payload, replies;
    bool goodbye = false;
    for (std::size_t at = 0; at < frames.size(); at += piece) {
      const auto said = reader.take(bytes_of(frames).subspan(at, std::min(piece, frames.size() - at)));
      REQUIRE(said);
      payload += said.value().payload;
      replies += said.value().replies;
      goodbye = goodbye || said.value().goodbye;
    }
    CHECK(payload == "RFB 003.008\n" + kMiddle + kBig);
    CHECK(replies == "\x8a\x0d" "are you there" + close_frame(1000));
    CHECK(goodbye);
  }
}

TEST_CASE("what is no frame of a browser's binary message is refused with its code") {
  CHECK(refused(masked(0x81, "text")) == 1003);
  CHECK(refused(masked(0x80, "goes on with nothing")) == 1002);
  CHECK(refused(masked(0x02, "begun") + masked(0x82, "and begun again")) == 1002);
  CHECK(refused(masked(0xc2, "compressed")) == 1002);
  CHECK(refused(binary_frame("not masked")) == 1002);
  CHECK(refused(masked(0x83, "unknown")) == 1002);
  CHECK(refused(masked(0x8b, "unknown")) == 1002);
  CHECK(refused(masked(0x09, "a ping in pieces")) == 1002);
  CHECK(refused(masked(0x89, std::string(126, 'p'))) == 1002);
  CHECK(refused(masked(0x88, "x")) == 1002);
  CHECK(refused(masked(0x82, "", std::size_t{FrameReader::kMaxPayload} + 1)) == 1009);
  CHECK(refused(masked(0x82, "", SIZE_MAX - 1)) == 1009);
}

TEST_CASE("a WebSocket carries bytes both ways and says goodbye") {
  Pair pair;
  pair.say(masked(0x82, "hello") + masked(0x89, "?"));
  CHECK(Pair::hear(pair.socket->plain(), 5) == "hello");
  CHECK(Pair::hear(pair.browser.fd(), 3) == "\x8a\x01?");
  REQUIRE(write(pair.socket->plain(), kBig.data(), 200) == 200);
  CHECK(Pair::hear(pair.browser.fd(), 204) == binary_frame(kBig.substr(0, 200)));
  pair.say(masked(0x88, "\x03\xe8"));
  CHECK(Pair::hear(pair.socket->plain(), 1).empty());
  CHECK(pair.socket->ending());
  CHECK(Pair::hear(pair.browser.fd(), 9) == close_frame(1000));
}

TEST_CASE("what the library wrote last reaches the browser, with a goodbye") {
  Pair pair;
  REQUIRE(write(pair.socket->plain(), "farewell", 8) == 8);
  pair.socket.reset();
  CHECK(Pair::hear(pair.browser.fd(), 99) == binary_frame("farewell") + close_frame(1000));
}

TEST_CASE("a browser that breaks the rules is told why and cut") {
  Pair pair;
  pair.say(masked(0x81, "text"));
  CHECK(Pair::hear(pair.socket->plain(), 1).empty());
  CHECK(pair.socket->ending().error().kind == ErrorKind::corrupt);
  CHECK(Pair::hear(pair.browser.fd(), 99) == close_frame(1003));
}

TEST_CASE("a browser that leaves without goodbye is lost") {
  Pair pair;
  pair.browser.reset();
  CHECK(Pair::hear(pair.socket->plain(), 1).empty());
  CHECK(pair.socket->ending().error().kind == ErrorKind::unavailable);
}

TEST_CASE("a silent browser is asked for a sign of life, and cut when it gives none") {
  Pair pair({.ping = 20ms, .silence = 200ms});
  CHECK(Pair::hear(pair.browser.fd(), 2) == ping_frame());
  CHECK(Pair::hear(pair.socket->plain(), 1).empty());
  CHECK(pair.socket->ending().error().kind == ErrorKind::timeout);
}

TEST_CASE("nothing is read from a browser that the library does not listen to") {
  Pair pair;
  fcntl(pair.browser.fd(), F_SETFL, O_NONBLOCK);
  const std::string frame = masked(0x82, kBig);
  std::size_t taken = 0;
  // What fits into two sockets' buffers and a few pieces, and not more.
  pollfd room{pair.browser.fd(), POLLOUT, 0};
  while (poll(&room, 1, 300) == 1) {
    const std::size_t at = taken % frame.size();
    const ssize_t sent = send(pair.browser.fd(), frame.data() + at, frame.size() - at, MSG_NOSIGNAL);
    REQUIRE(sent > 0);
    taken += static_cast<std::size_t>(sent);
    REQUIRE(taken < (8u << 20));
  }
  CHECK(Pair::hear(pair.socket->plain(), 70000) == kBig);
}

TEST_CASE("a browser that takes nothing stops the library and holds nothing up at the end") {
  Pair pair;
  std::string much(1 << 16, 'y');
  std::size_t taken = 0;
  pollfd room{pair.socket->plain(), POLLOUT, 0};
  while (poll(&room, 1, 300) == 1) {
    const ssize_t sent = send(pair.socket->plain(), much.data(), much.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent <= 0) break;
    taken += static_cast<std::size_t>(sent);
    REQUIRE(taken < (8u << 20));
  }
  const auto began = std::chrono::steady_clock::now();
  pair.socket.reset();
  CHECK(std::chrono::steady_clock::now() - began < 10s);
}
