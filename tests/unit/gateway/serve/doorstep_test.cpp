#include "gateway/serve/doorstep.h"

#include <sys/socket.h>

#include <catch2/catch.hpp>

using namespace frostgate;
using namespace frostgate::serve;
using namespace std::chrono_literals;

namespace {

struct Pair {
  Pair() {
    int ends[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    client = Descriptor(ends[0]);
    accepted = Descriptor(ends[1]);
  }
  std::string hears() const {
    char text[64];
    const ssize_t size = recv(client.fd(), text, sizeof text, MSG_DONTWAIT);
    return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : size == 0 ? "the end" : "";
  }
  Descriptor client, accepted;
};

std::vector<Doorstep::Caller> look(Doorstep& doorstep, Doorstep::Clock::time_point now) {
  std::vector<pollfd> waiting;
  doorstep.add_to(waiting);
  poll(waiting.data(), waiting.size(), 0);
  return doorstep.take(waiting.data(), now);
}

}  // namespace

TEST_CASE("who says something is let through, who does not is cut after a while") {
  Doorstep doorstep(10, 15s);
  const Doorstep::Clock::time_point start{};
  CHECK(doorstep.milliseconds_left(start) == -1);
  Pair rdp, vnc, silent;
  doorstep.arrive(std::move(rdp.accepted), FrontKind::rdp, start);
  doorstep.arrive(std::move(vnc.accepted), FrontKind::vnc, start + 1s);
  doorstep.arrive(std::move(silent.accepted), FrontKind::vnc, start + 2s);
  CHECK(vnc.hears() == "RFB 003.008\n");
  CHECK(rdp.hears().empty());
  CHECK(look(doorstep, start + 3s).empty());
  CHECK(doorstep.milliseconds_left(start + 3s) == 12'000);
  REQUIRE(send(vnc.client.fd(), "RFB", 3, 0) == 3);
  const auto callers = look(doorstep, start + 4s);
  REQUIRE(callers.size() == 1);
  CHECK(callers[0].front == FrontKind::vnc);
  CHECK(look(doorstep, start + 15s).empty());
  CHECK(rdp.hears() == "the end");
  CHECK(silent.hears() == "RFB 003.008\n");
  CHECK(look(doorstep, start + 17s).empty());
  CHECK(silent.hears() == "the end");
  CHECK(doorstep.milliseconds_left(start + 17s) == -1);
}

TEST_CASE("a crowd that leaves without a word is let go, and costs nobody a relay") {
  Doorstep doorstep(10, 15s);
  Pair left, hung_up, said, stays;
  for (Pair* pair : {&left, &hung_up, &said, &stays}) doorstep.arrive(std::move(pair->accepted), FrontKind::rdp, {});
  left.client.reset();
  shutdown(hung_up.client.fd(), SHUT_WR);
  REQUIRE(send(said.client.fd(), "x", 1, 0) == 1);
  said.client.reset();
  CHECK(look(doorstep, {}).size() == 1);
  CHECK(hung_up.hears() == "the end");
  CHECK(stays.hears().empty());
  CHECK(look(doorstep, {}).empty());
  CHECK(doorstep.milliseconds_left({}) == 15'000);
}

TEST_CASE("one more than there is room for takes the place of the one that has waited longest") {
  Doorstep doorstep(2, 15s);
  Pair first, second, third;
  for (Pair* pair : {&first, &second, &third}) doorstep.arrive(std::move(pair->accepted), FrontKind::rdp, {});
  CHECK(first.hears() == "the end");
  CHECK(second.hears().empty());
  REQUIRE(send(third.client.fd(), "x", 1, 0) == 1);
  CHECK(look(doorstep, {}).size() == 1);
}
