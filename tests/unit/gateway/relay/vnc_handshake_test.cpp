#include "gateway/relay/vnc/handshake.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <future>
#include <optional>
#include <string>

#include "gateway/relay/wakeup.h"

using namespace frostgate;
using namespace frostgate::relay;
using namespace std::chrono_literals;

namespace {

struct NoInput : InputSink {
  void key(const KeyEvent&) override {}
  void pointer(const PointerEvent&) override {}
  void lock_keys(const LockKeys&) override {}
  void request_size(Size) override {}
};

const std::string kRight(16, 'r'), kWrong(16, 'w'), kChallenge(16, 'c');

struct Host : FrontHost {
  bool authenticate(const PasswordLogin&) override { return false; }
  Result<std::array<std::byte, 16>> vnc_challenge() override {
    ++challenges;
    std::array<std::byte, 16> challenge;
    challenge.fill(std::byte{'c'});
    return challenge;
  }
  bool check_vnc_response(std::span<const std::byte, 16> response) override {
    ++guesses;
    return std::all_of(response.begin(), response.end(), [](std::byte b) { return b == std::byte{'r'}; });
  }
  Result<InputSink*> client_ready(const ClientProfile& profile) override {
    REQUIRE(profile.size.empty());
    ++ready;
    if (target_error) return *target_error;
    return &input;
  }
  int challenges = 0, guesses = 0, ready = 0;
  std::optional<Error> target_error;
  NoInput input;
};

// Plays a client whose whole side is `bytes`, all at once; what the server said is `heard`.
struct Talked {
  Result<InputSink*> result;
  std::string heard;
};

Talked talk(Host& host, const std::string& bytes, bool leave = true, std::chrono::milliseconds limit = 2s) {
  int pair[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
  REQUIRE(write(pair[1], bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  if (leave) shutdown(pair[1], SHUT_WR);
  Wakeup stop;
  Result<InputSink*> result = vnc::admit_client(pair[0], stop.descriptor(), host, limit);
  close(pair[0]);
  std::string heard;
  char byte;
  while (read(pair[1], &byte, 1) == 1) heard += byte;
  close(pair[1]);
  return {std::move(result), heard};
}

std::string word(int value) { return {0, 0, 0, static_cast<char>(value)}; }
const std::string kVersion = "RFB 003.008\n", kTypes = {1, 2}, kChosen = {2};

}  // namespace

TEST_CASE("a client of each RFB version is admitted with the right response") {
  Host host;
  Talked v8 = talk(host, "RFB 003.008\n" + kChosen + kRight);
  REQUIRE(v8.result);
  CHECK(*v8.result == &host.input);
  CHECK(v8.heard == kVersion + kTypes + kChallenge + word(0));
  CHECK(talk(host, "RFB 003.007\n" + kChosen + kRight).heard == kVersion + kTypes + kChallenge + word(0));
  CHECK(talk(host, "RFB 003.003\n" + kRight).heard == kVersion + word(2) + kChallenge + word(0));
  CHECK(talk(host, "RFB 003.005\n" + kRight).heard == kVersion + word(2) + kChallenge + word(0));
  CHECK(talk(host, "RFB 003.889\n" + kChosen + kRight).heard == kVersion + kTypes + kChallenge + word(0));
  CHECK(host.ready == 5);
}

TEST_CASE("a wrong response is denied in the words of each RFB version, and there is no second guess") {
  Host host;
  const Talked v8 = talk(host, "RFB 003.008\n" + kChosen + kWrong + kRight);
  CHECK(v8.result.error().kind == ErrorKind::denied);
  CHECK(v8.heard == kVersion + kTypes + kChallenge + word(1) + word(6) + "denied");
  CHECK(talk(host, "RFB 003.007\n" + kChosen + kWrong + kRight).heard == kVersion + kTypes + kChallenge + word(1));
  CHECK(talk(host, "RFB 003.003\n" + kWrong + kRight).heard == kVersion + word(2) + kChallenge + word(1));
  CHECK(host.guesses == 3);
  CHECK(host.challenges == 3);
  CHECK(host.ready == 0);
}

TEST_CASE("a way to authenticate that was not offered is denied before any guess") {
  Host host;
  for (const char type : {'\0', '\1', '\x13', '\xff'}) {
    const Talked talked = talk(host, kVersion + std::string(1, type) + kRight);
    CHECK(talked.result.error().kind == ErrorKind::denied);
  }
  CHECK(host.challenges == 0);
}

TEST_CASE("what is not an RFB version is an error at once") {
  Host host;
  for (const std::string garbage : {"GET / HTTP/1.1\r\n", "RFB 003.00x\n", "RFB 004.001\n", "RFB 003.002\n", "RFB 003.0080",
                                    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03zzzz"}) {
    INFO(garbage);
    CHECK(talk(host, garbage + std::string(12, '\xff'), false).result.error().kind == ErrorKind::corrupt);
  }
  CHECK(host.challenges == 0);
}

TEST_CASE("a client that leaves anywhere in the handshake is an error that says so") {
  Host host;
  const std::string whole = kVersion + kChosen + kRight;
  for (std::size_t length = 0; length < whole.size(); ++length)
    CHECK(talk(host, whole.substr(0, length)).result.error().kind == ErrorKind::unavailable);
  CHECK(host.guesses == 0);
}

TEST_CASE("a client that falls silent anywhere in the handshake is cut off at the limit") {
  Host host;
  for (const std::string& said : {std::string(), kVersion, kVersion + kChosen, kVersion + kChosen + "half"})
    CHECK(talk(host, said, false, 20ms).result.error().kind == ErrorKind::timeout);
  CHECK(host.guesses == 0);
}

TEST_CASE("the reason why the target is not there reaches the client") {
  Host host;
  host.target_error = Error{ErrorKind::unavailable, "db1 does not answer"};
  const Talked talked = talk(host, kVersion + kChosen + kRight);
  CHECK(talked.result.error().kind == ErrorKind::unavailable);
  CHECK(talked.heard == kVersion + kTypes + kChallenge + word(1) + word(19) + "db1 does not answer");
}

TEST_CASE("a handshake can be stopped while the client is silent") {
  Host host;
  int pair[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
  Wakeup stop;
  auto done = std::async(std::launch::async, [&] { return vnc::admit_client(pair[0], stop.descriptor(), host, 10s); });
  stop.raise();
  CHECK(done.get().error().kind == ErrorKind::cancelled);
  close(pair[0]);
  close(pair[1]);
}
