#include "gateway/relay/rdp/x224_peek.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/unit/bytes_of.h"

using namespace frostgate;
using namespace frostgate::relay::rdp;

namespace {

// What mstsc sends: a cookie and the protocols it can do (MS-RDPBCGR 4.1.1).
std::vector<std::byte> connection_request() {
  const std::string rest = std::string("\xE0\0\0\0\0\0", 6) + "Cookie: mstshash=alice\r\n" +
                           std::string("\x01\0\x08\0\x03\0\0\0", 8);
  const auto indicator = static_cast<char>(rest.size());
  const auto length = static_cast<char>(rest.size() + 5);
  return bytes_of(std::string("\x03\0\0", 3) + length + indicator + rest);
}

Greeting greeting_of(const std::string& text) { return peek_x224(bytes_of(text)).greeting; }

}  // namespace

TEST_CASE("a whole connection request is RDP, with or without what follows it") {
  auto request = connection_request();
  CHECK(peek_x224(request).greeting == Greeting::rdp);
  request.resize(request.size() + 100);
  CHECK(peek_x224(request).greeting == Greeting::rdp);
}

TEST_CASE("each beginning of a connection request asks for more bytes than there are") {
  const auto request = connection_request();
  for (std::size_t size = 0; size < request.size(); ++size) {
    const Peek peek = peek_x224(std::span(request).first(size));
    CHECK(peek.greeting == Greeting::incomplete);
    CHECK(peek.needed > size);
    CHECK(peek.needed <= request.size());
  }
}

TEST_CASE("scanners and other protocols are told apart by their first bytes") {
  CHECK(greeting_of("GET / HTTP/1.1\r\n") == Greeting::other);
  CHECK(greeting_of("SSH-2.0-OpenSSH_9.2\r\n") == Greeting::other);
  CHECK(greeting_of("RFB 003.008\n") == Greeting::other);
  CHECK(greeting_of("\x16\x03\x01\x02\x05") == Greeting::other);                      // a TLS ClientHello
  CHECK(greeting_of(std::string("\x03\x01", 2)) == Greeting::other);
  CHECK(greeting_of(std::string("\0\0\0\0\0\0\0\0", 8)) == Greeting::other);
}

TEST_CASE("a TPKT that is no connection request, or lies about its length, is not RDP") {
  auto connection_confirm = connection_request();
  connection_confirm[5] = std::byte{0xD0};
  CHECK(peek_x224(connection_confirm).greeting == Greeting::other);
  for (const unsigned length : {0u, 4u, 10u, 1025u, 65535u}) {
    auto request = connection_request();
    request[2] = static_cast<std::byte>(length >> 8);
    request[3] = static_cast<std::byte>(length & 0xFF);
    CHECK(peek_x224(request).greeting == Greeting::other);
  }
  auto indicator = connection_request();
  indicator[4] = std::byte{6};
  CHECK(peek_x224(indicator).greeting == Greeting::other);
}

namespace {

// A connection request with this variable part.
std::vector<std::byte> request_with(const std::string& part) {
  const std::string rest = std::string("\xE0\0\0\0\0\0", 6) + part;
  return bytes_of(std::string("\x03\0\0", 3) + static_cast<char>(rest.size() + 5) + static_cast<char>(rest.size()) + rest);
}

std::string negotiation(unsigned protocols, unsigned flags = 0) {
  return std::string{1, static_cast<char>(flags), 8, 0, static_cast<char>(protocols), 0, 0, 0};
}

Security security_of(const std::string& part) { return security_for(peek_x224(request_with(part))); }

}  // namespace

TEST_CASE("what a client offers decides between TLS and NLA; the token of our own files decides when it offers both") {
  const std::string cookie = "Cookie: mstshash=alice\r\n", ours = "Cookie: msts=frostgate-nla\r\n";
  CHECK(security_of("") == Security::tls);
  CHECK(security_of(cookie) == Security::tls);
  CHECK(security_of(cookie + negotiation(1)) == Security::tls);
  CHECK(security_of(cookie + negotiation(2)) == Security::nla);
  CHECK(security_of(cookie + negotiation(3)) == Security::tls);
  CHECK(security_of(cookie + negotiation(0x0B)) == Security::tls);
  CHECK(security_of(ours + negotiation(0x0B)) == Security::nla);
  CHECK(security_of(ours + negotiation(1)) == Security::tls);
  CHECK(security_of("Cookie: msts=frostgate-nla2\r\n" + negotiation(0x0B)) == Security::tls);
  CHECK(peek_x224(request_with(cookie + negotiation(0x0B))).token == "Cookie: mstshash=alice");
}

TEST_CASE("the negotiation is where the standard puts it, and nothing comes after it but what the standard puts there") {
  std::string correlation(36, '\0');
  correlation[0] = 6;
  CHECK(peek_x224(request_with(negotiation(3, 8) + correlation)).greeting == Greeting::rdp);
  CHECK(peek_x224(request_with(negotiation(3, 8) + correlation)).protocols == 3);
  for (const std::string& part :
       {negotiation(3) + "x", negotiation(3, 8), negotiation(3, 8) + correlation + "x", negotiation(3) + correlation,
        negotiation(3).substr(0, 7), std::string("Cookie: without an end"), "Cookie: x\r\n" + negotiation(3) + negotiation(3),
        std::string("\x01\x00\x09\x00\x03\x00\x00\x00", 8), std::string("\r"), negotiation(3, 8) + std::string(36, '\0')}) {
    INFO(part);
    CHECK(peek_x224(request_with(part)).greeting == Greeting::other);
  }
}
