#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <future>
#include <iterator>
#include <optional>
#include <thread>

#include "gateway/crypto/tls_identity.h"
#include "gateway/crypto/tls_tunnel.h"
#include "gateway/relay/back.h"
#include "tests/integration/programs.h"

using namespace frostgate;
using namespace frostgate::relay;
using namespace frostgate::test;

namespace {

constexpr Size kScreen{1024, 768};
constexpr int kConnectSeconds = 15;

// A desktop shared by freerdp-shadow-cli, with NLA.
class ShadowTarget {
 public:
  ShadowTarget() : display(folder, kScreen), port(free_port()), server_(start(), environment(), folder / "shadow.log") { REQUIRE(reachable(port)); }

  BackSettings login(const std::string& password) const {
    BackSettings settings;
    settings.socket = connect_to(port);
    settings.name = "shadow";
    settings.login.user = "tuser";
    settings.login.password = Secret::from_text(password);
    settings.wanted_size = kScreen;
    return settings;
  }
  std::map<std::string, std::string> environment() const {
    return {{"DISPLAY", display.name()}, {"HOME", folder.path()}, {"XDG_CONFIG_HOME", folder.path()}};
  }

  TemporaryFolder folder;
  XDisplay display;
  const std::uint16_t port;

 private:
  std::vector<std::string> start() {
    const std::string sam = folder / "sam";
    REQUIRE(run({"sh", "-c", "winpr-hash -u tuser -p Tgt-Passw0rd -f sam > " + sam}) == 0);
    display.show("plasma:red-blue");
    return {"freerdp-shadow-cli", "/port:" + std::to_string(port), "/bind-address:127.0.0.1", "/sam-file:" + sam,
            "/sec:nla", "+auth"};
  }
  Program server_;
};

// Runs a connected back until the end of the scope.
class Running {
 public:
  explicit Running(Back& back) : back_(back), thread_([this] { result = back_.run(); }) {}
  ~Running() { finish(); }
  void finish() {
    back_.end();
    if (thread_.joinable()) thread_.join();
  }
  Result<void> result;

 private:
  Back& back_;
  std::thread thread_;
};

bool shows(Surface& surface, FrameView wanted) {
  Surface::Reader reader(surface);
  bool same = false;
  reader.take([&](const Surface::Reader::Look& look) {
    same = look.frame.size() == wanted.size && same_pixels(look.frame.view(), wanted, Rect::of(wanted.size));
  });
  return same;
}

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

void press(Back& back, std::uint16_t scancode) {
  back.key({.down = true, .scancode = scancode});
  back.key({.down = false, .scancode = scancode});
}

}  // namespace

TEST_CASE("an RDP back shows every pixel of the target's screen and brings it keys") {
  ShadowTarget target;
  Surface surface;
  const auto back = make_rdp_back(target.login("Tgt-Passw0rd"));
  const auto connected = back->connect(surface, kConnectSeconds);
  INFO((connected ? "" : connected.error().message));
  REQUIRE(connected);
  CHECK(surface.size() == kScreen);
  CHECK(back->certificate().size() == 64);
  Running running(*back);
  const Frame screen = target.display.screenshot();
  CHECK(eventually([&] { return shows(surface, screen.view()); }));
  CHECK_FALSE(back->lossy());

  const auto typed = target.folder / "typed";
  Program terminal({"xterm", "-geometry", "80x24+0+0", "-e", "sh", "-c", "read line; echo \"$line\" > " + typed.string()},
                   target.environment(), target.folder / "xterm.log");
  REQUIRE(eventually([&] { return !shows(surface, screen.view()); }));
  back->pointer({.position = {100, 100}});
  constexpr std::uint16_t kH = 0x23, kI = 0x17, kEnter = 0x1C;
  // The terminal may still be starting: it takes what arrives once it has the focus.
  CHECK(eventually([&] {
    for (const auto key : {kH, kI, kEnter}) press(*back, key);
    return text_of(typed).find("hi") != std::string::npos;
  }));
  running.finish();
  CHECK(running.result);
}

namespace {

// How far what is shown is from the target's screen, in levels, on the average of all colours; nothing: it has another size.
std::optional<double> distance_to(Surface& surface, FrameView wanted) {
  const Frame shown = surface.target();
  if (shown.size() != wanted.size) return std::nullopt;
  double sum = 0;
  for (int y = 0; y < wanted.size.height; ++y) {
    for (int x = 0; x < wanted.size.width; ++x) {
      for (int c = 0; c < 3; ++c) sum += std::abs(shown.row(y)[4 * x + c] - wanted.at(x, y)[c]);
    }
  }
  return sum / (3.0 * static_cast<double>(wanted.size.area()));
}

}  // namespace

TEST_CASE("an RDP target that is offered AVC420 shows its screen by it, which is known to be lossy; one that is offered less of the pipeline may go on with bitmaps") {
  ShadowTarget target;
  const Frame screen = target.display.screenshot();
  for (const Graphics graphics : {Graphics::pipeline, Graphics::video}) {
    Surface surface;
    std::atomic<int> told_lossy = 0;
    BackSettings settings = target.login("Tgt-Passw0rd");
    settings.graphics = graphics;
    settings.on_lossy = [&] { ++told_lossy; };
    const auto back = make_rdp_back(std::move(settings));
    const auto connected = back->connect(surface, kConnectSeconds);
    INFO((connected ? "" : connected.error().message));
    REQUIRE(connected);
    Running running(*back);
    if (graphics == Graphics::pipeline) {
      CHECK(eventually([&] { return shows(surface, screen.view()); }));
    } else {
      // Before the pipeline is open it may show bitmaps.
      CHECK(eventually([&] { return back->lossy(); }));
      target.display.show("plasma:green-yellow");
      const Frame other = target.display.screenshot();
      CHECK(eventually([&] { return distance_to(surface, other.view()).value_or(255) < 4; }));
      INFO("differs by " << distance_to(surface, other.view()).value_or(255));
      CHECK_FALSE(shows(surface, other.view()));
    }
    CHECK(back->lossy() == (graphics == Graphics::video));
    CHECK(told_lossy == (graphics == Graphics::video ? 1 : 0));
    CHECK_FALSE(back->wants());
    running.finish();
    CHECK(running.result);
  }
}

TEST_CASE("an RDP target that refuses the password is an error of its own kind") {
  ShadowTarget target;
  Surface surface;
  const auto back = make_rdp_back(target.login("wrong"));
  const auto connected = back->connect(surface, kConnectSeconds);
  REQUIRE_FALSE(connected);
  INFO(connected.error().message);
  CHECK(connected.error().kind == ErrorKind::denied);
}

TEST_CASE("an RDP target with another certificate than the pinned one gets no credential") {
  ShadowTarget target;
  Surface surface;
  std::string fingerprint;
  for (const bool matches : {false, true}) {
    BackSettings settings = target.login("Tgt-Passw0rd");
    settings.pinned_certificate = matches ? fingerprint : std::string(64, '0');
    const auto back = make_rdp_back(std::move(settings));
    const auto connected = back->connect(surface, kConnectSeconds);
    CHECK(connected.has_value() == matches);
    fingerprint = back->certificate();
    CHECK(fingerprint.size() == 64);
    if (!connected) CHECK(connected.error().message.find("not the pinned one") != std::string::npos);
  }
}

TEST_CASE("a target that says nothing is given up after the time for connecting") {
  int ends[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  BackSettings settings;
  settings.socket = ends[0];
  settings.name = "mute";
  settings.login.user = "nobody";
  Surface surface;
  const auto connected = make_rdp_back(std::move(settings))->connect(surface, 1);
  REQUIRE_FALSE(connected);
  CHECK(connected.error().kind == ErrorKind::timeout);
  close(ends[1]);
}

TEST_CASE("a target that is no RDP server is said to be none") {
  int ends[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  const std::string banner = "SSH-2.0-OpenSSH_9.2\r\n";
  REQUIRE(write(ends[1], banner.data(), banner.size()) == static_cast<ssize_t>(banner.size()));
  REQUIRE(shutdown(ends[1], SHUT_WR) == 0);
  BackSettings settings;
  settings.socket = ends[0];
  settings.name = "ssh";
  settings.login.user = "nobody";
  Surface surface;
  const auto connected = make_rdp_back(std::move(settings))->connect(surface, 5);
  REQUIRE_FALSE(connected);
  INFO(connected.error().message);
  CHECK(connected.error().kind == ErrorKind::corrupt);
  close(ends[1]);
}

TEST_CASE("a target that hangs up where it checks no credential has refused none") {
  const TemporaryFolder folder;
  REQUIRE(crypto::make_self_signed(folder / "crt", folder / "key", "lab", UtcTime(std::chrono::seconds(1'800'000'000))));
  auto identity = crypto::load_identity(folder / "crt", folder / "key");
  REQUIRE(identity);
  int ends[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  auto target = std::async(std::launch::async, [&] {
    char request[512];
    if (recv(ends[1], request, sizeof request, 0) <= 0) return false;
    const std::string tls_it_is("\x03\0\0\x13\x0E\xD0\0\0\x12\x34\0\x02\0\x08\0\x01\0\0\0", 19);  // MS-RDPBCGR 2.2.1.2.1
    if (send(ends[1], tls_it_is.data(), tls_it_is.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(tls_it_is.size())) return false;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(kConnectSeconds);
    const auto sign = [&](std::uint16_t scheme, std::span<const std::byte> content) { return crypto::sign_handshake(identity.value(), scheme, content, {}); };
    auto tunnel = crypto::TlsTunnel::accept({ends[1], -1, deadline}, {identity->certificate, {}, sign});
    if (!tunnel) return false;
    pollfd said{(*tunnel)->plain(), POLLIN, 0};
    return poll(&said, 1, kConnectSeconds * 1000) == 1 && recv(said.fd, request, sizeof request, 0) > 0;
  });
  BackSettings settings;
  settings.socket = ends[0];
  settings.name = "lab";
  settings.login.user = "tuser";
  settings.login.password = Secret::from_text("right");
  Surface surface;
  const auto back = make_rdp_back(std::move(settings));
  const auto connected = back->connect(surface, kConnectSeconds);
  CHECK(target.get());
  REQUIRE_FALSE(connected);
  INFO(connected.error().message);
  CHECK(connected.error().kind == ErrorKind::unavailable);
  CHECK(connected.error().message == "lab broke off while connecting");
  close(ends[1]);
}
