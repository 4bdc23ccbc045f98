#include "gateway/base/process.h"

#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>

using namespace frostgate;

namespace {

// This program again, which does nothing until it is told by a signal.
ChildProcess waiting_child() {
  int ends[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
  const Descriptor ours(ends[0]), theirs(ends[1]);
  auto child = ChildProcess::start({"waits for a signal"}, theirs);
  REQUIRE(child);
  return std::move(child).value();
}

}  // namespace

TEST_CASE("waits for a signal", "[.]") { pause(); }

TEST_CASE("a child that was killed from outside is told from one that went wrong by itself") {
  for (const int sent : {SIGKILL, SIGXCPU, SIGSYS}) {
    ChildProcess child = waiting_child();
    REQUIRE(kill(child.pid(), sent) == 0);
    const auto exit = child.wait(std::chrono::seconds(30));
    REQUIRE(exit);
    CHECK_FALSE(exit->success);
    CHECK(exit->killed == (sent == SIGKILL));
  }
  ChildProcess child = waiting_child();
  CHECK_FALSE(child.wait(std::chrono::milliseconds(1)));
}
