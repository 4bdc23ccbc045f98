// A target that is admitted and then sends sizes that nobody should believe: cut with a plain error, nothing allocated.
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <future>

#include "gateway/relay/back.h"

using namespace frostgate;
using namespace frostgate::relay;

namespace {

std::string word(std::uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8), static_cast<char>(value)};
}
std::string half(unsigned value) { return {static_cast<char>(value >> 8), static_cast<char>(value)}; }
std::string rectangle(unsigned x, unsigned y, unsigned width, unsigned height, std::uint32_t encoding) {
  return half(x) + half(y) + half(width) + half(height) + word(encoding);
}
const std::string kUpdate = std::string{0, 0};  // FramebufferUpdate and its padding
constexpr std::uint32_t kRaw = 0, kCopyRect = 1, kRichCursor = 0xffffff11, kNewSize = 0xffffff21, kExtendedSize = 0xfffffecc;

struct Reaction {
  Result<void> connected, ran;
  Size shown;
};

// A target of 64 by 48 that paints itself once and then says `bytes`.
Reaction reaction_to(const std::string& bytes, Frame* shown = nullptr) {
  int pair[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
  const std::string hello = "RFB 003.008\n" + std::string{1, 1} + word(0) + half(64) + half(48) +
                            std::string{32, 24, 0, 1, 0, static_cast<char>(255), 0, static_cast<char>(255), 0, static_cast<char>(255), 16, 8, 0, 0, 0, 0} +
                            word(3) + "lab" + kUpdate + half(1) + rectangle(0, 0, 64, 48, kRaw) + std::string(64 * 48 * 4, '\x55');
  const std::string all = hello + bytes;
  auto said = std::async(std::launch::async, [&] {
    for (std::size_t at = 0; at < all.size();) {
      const ssize_t sent = send(pair[1], all.data() + at, all.size() - at, MSG_NOSIGNAL);
      if (sent <= 0) break;
      at += static_cast<std::size_t>(sent);
    }
    shutdown(pair[1], SHUT_WR);
  });
  BackSettings settings;
  settings.socket = pair[0];
  auto back = make_vnc_back(std::move(settings));
  Surface surface;
  Reaction reaction;
  reaction.connected = back->connect(surface, 5);
  if (reaction.connected) reaction.ran = back->run();
  reaction.shown = surface.size();
  if (shown) *shown = surface.target();
  back.reset();
  said.get();
  close(pair[1]);
  return reaction;
}

long memory_kib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

}  // namespace

TEST_CASE("a target's hostile sizes end the session in words and take no memory") {
  const long before = memory_kib();
  const std::string sizes[] = {
      kUpdate + half(1) + rectangle(0, 0, 32767, 32767, kNewSize),
      kUpdate + half(1) + rectangle(0, 0, 65535, 65535, kExtendedSize) + std::string{1, 0, 0, 0} + word(0) + half(0) + half(0) + half(65535) + half(65535) + word(0),
      kUpdate + half(1) + rectangle(0, 0, 65535, 65535, kRichCursor),
      kUpdate + half(1) + rectangle(60, 40, 64, 48, kRaw) + std::string(64 * 48 * 4, '\x11'),          // damage outside the screen
      kUpdate + half(1) + rectangle(65535, 65535, 65535, 65535, kRaw),
      kUpdate + half(1) + rectangle(0, 0, 64, 48, kCopyRect) + half(60000) + half(60000),
      std::string{3, 0, 0, 0} + word(0x7fffffff),                                                        // a clipboard of 2 GB
      std::string{3, 0, 0, 0} + word(0x80000000),                                                        // an extended one of hostile length
      kUpdate + half(65535) + rectangle(0, 0, 64, 48, 0x12345678),                                       // an encoding that nobody asked for
      std::string(1, '\x7f'),
  };
  for (const std::string& bytes : sizes) {
    INFO("case " << &bytes - sizes);
    const Reaction reaction = reaction_to(bytes);
    REQUIRE(reaction.connected);
    CHECK_FALSE(reaction.ran);
    CHECK_FALSE(reaction.ran.error().message.empty());
    CHECK(reaction.shown == Size{64, 48});
  }
  CHECK(memory_kib() - before < 64 * 1024);
}

TEST_CASE("an honest target beside them is shown") {
  const Reaction reaction = reaction_to(kUpdate + half(1) + rectangle(0, 0, 80, 60, kNewSize) + kUpdate + half(1) + rectangle(0, 0, 80, 60, kRaw) + std::string(80 * 60 * 4, '\x22'));
  REQUIRE(reaction.connected);
  CHECK(reaction.ran.error().message == "the target closed the connection");
  CHECK(reaction.shown == Size{80, 60});
}

TEST_CASE("a target that paints its screen without an end in one message is cut after what the screen can need") {
  const std::string once = rectangle(0, 0, 64, 48, kRaw) + std::string(64 * 48 * 4, '\x11');
  std::string endless = kUpdate + half(65535);
  while (endless.size() < (std::size_t{9} << 20)) endless += once;
  const Reaction cut = reaction_to(endless);
  REQUIRE(cut.connected);
  REQUIRE_FALSE(cut.ran);
  CHECK(cut.ran.error().kind == ErrorKind::corrupt);
  CHECK(cut.ran.error().message == "the target sent more in one message than its screen can need");
  // What a message may be long is long enough for every pixel several times over.
  const Reaction painted = reaction_to(kUpdate + half(100) + [&] { std::string often; for (int i = 0; i < 100; ++i) often += once; return often; }());
  REQUIRE(painted.connected);
  REQUIRE_FALSE(painted.ran);
  CHECK(painted.ran.error().message == "the target closed the connection");
}

TEST_CASE("a target moves what it painted long ago and what it has just painted, though its pixels are given back in between") {
  // As wide as the screen of reaction_to(): the first message after connecting finds nothing here any more.
  const std::string painted = rectangle(0, 8, 64, 8, kRaw) + std::string(64 * 8 * 4, '\x11');
  const std::string moved = rectangle(0, 32, 64, 16, kCopyRect) + half(0) + half(0);
  Frame shown;
  const Reaction reaction = reaction_to(kUpdate + half(2) + painted + moved, &shown);
  REQUIRE(reaction.connected);
  CHECK(reaction.ran.error().message == "the target closed the connection");
  for (const int y : {0, 7, 16, 31, 32, 39}) CHECK(int{shown.row(y)[100]} == 0x55);
  for (const int y : {8, 15, 40, 47}) CHECK(int{shown.row(y)[100]} == 0x11);
}
