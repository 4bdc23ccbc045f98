#include "gateway/crypto/tls_tunnel.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <future>

using namespace frostgate;
using namespace frostgate::crypto;

TEST_CASE("a peer that ends TLS properly is told from one that vanishes") {
  signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to what may be closed
  for (const bool properly : {true, false}) {
    INFO((properly ? "a goodbye" : "none"));
    int ends[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    auto accepted = std::async(std::launch::async, [&] { return TlsTunnel::accept_anonymous({ends[0], -1, deadline}); });
    auto client = TlsTunnel::connect_anonymous({ends[1], -1, deadline});
    auto server = accepted.get();
    REQUIRE(client);
    REQUIRE(server);
    if (properly) client.value().reset();
    else shutdown(ends[1], SHUT_RDWR);
    pollfd over{server.value()->plain(), POLLIN, 0};  // it does not block
    REQUIRE(poll(&over, 1, 20'000) == 1);
    char byte = 0;
    CHECK(recv(server.value()->plain(), &byte, 1, 0) == 0);
    CHECK(server.value()->peer_said_goodbye() == properly);
    client.value().reset();
    server.value().reset();
    for (const int end : ends) close(end);
  }
}
