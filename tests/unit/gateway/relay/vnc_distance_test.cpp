#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/relay/vnc/distance.h"

using namespace frostgate::relay;

TEST_CASE("a round trip is known of a TCP connection that has carried something, and of nothing else") {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  REQUIRE(bind(listener, any, size) == 0);
  REQUIRE(listen(listener, 1) == 0);
  REQUIRE(getsockname(listener, any, &size) == 0);
  REQUIRE(connect(client, any, size) == 0);
  const int server = accept(listener, nullptr, nullptr);
  REQUIRE(server >= 0);
  char byte = 'x';
  REQUIRE(write(client, &byte, 1) == 1);
  REQUIRE(read(server, &byte, 1) == 1);
  const auto there = vnc::round_trip(client);
  REQUIRE(there);
  CHECK(there->count() > 0);
  CHECK(*there < std::chrono::seconds(5));

  int pair[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
  CHECK_FALSE(vnc::round_trip(pair[0]));
  CHECK_FALSE(vnc::round_trip(-1));
  CHECK(vnc::is_near(pair[0]));
  for (const int descriptor : {listener, client, server, pair[0], pair[1]}) close(descriptor);
}
