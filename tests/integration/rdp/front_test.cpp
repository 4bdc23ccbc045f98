#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <mutex>
#include <thread>

#include "gateway/crypto/ntlm.h"
#include "gateway/relay/back.h"
#include "gateway/relay/front.h"
#include "gateway/relay/rdp/freerdp_compat.h"
#include "gateway/relay/rdp_library.h"
#include "tests/integration/programs.h"

using namespace frostgate;
using namespace frostgate::relay;
using namespace frostgate::test;

namespace {

constexpr Size kScreen{1024, 768};

// A picture that no codec can guess: gradients, noise and single lines.
Frame picture(Size size, unsigned seed) {
  Frame frame(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      seed = seed * 1664525 + 1013904223;
      std::uint8_t* pixel = frame.row(y) + x * 4;
      const bool noisy = (x / 128 + y / 96) % 2 == 0;
      pixel[0] = static_cast<std::uint8_t>(noisy ? seed >> 24 : x);
      pixel[1] = static_cast<std::uint8_t>(noisy ? seed >> 16 : y);
      pixel[2] = static_cast<std::uint8_t>(x % 61 == 0 || y % 53 == 0 ? 255 : x + y);
      pixel[3] = 255;
    }
  }
  return frame;
}

class Input : public InputSink {
 public:
  void key(const KeyEvent& event) override {
    const std::lock_guard lock(mutex_);
    keys_.push_back(event);
  }
  void pointer(const PointerEvent& event) override {
    const std::lock_guard lock(mutex_);
    pointers_.push_back(event);
  }
  void lock_keys(const LockKeys&) override {}
  void request_size(Size size) override {
    const std::lock_guard lock(mutex_);
    wished_ = size;
  }
  Size wished() {
    const std::lock_guard lock(mutex_);
    return wished_;
  }

  template <class Predicate>
  bool has_key(Predicate predicate) {
    const std::lock_guard lock(mutex_);
    return std::any_of(keys_.begin(), keys_.end(), predicate);
  }
  template <class Predicate>
  bool has_pointer(Predicate predicate) {
    const std::lock_guard lock(mutex_);
    return std::any_of(pointers_.begin(), pointers_.end(), predicate);
  }

 private:
  std::mutex mutex_;
  std::vector<KeyEvent> keys_;
  std::vector<PointerEvent> pointers_;
  Size wished_;
};

class Host : public FrontHost {
 public:
  bool authenticate(const PasswordLogin& login) override {
    ++asked;
    return login.user == "alice" && login.password.text() == "Ticket-123";
  }
  Secret ntlm_hash(const NtlmExchange& exchange) override {
    ++asked;
    if (exchange.user != "alice@lab-1") return {};
    Result<Secret> hash = crypto::ntlm_hash_when_proven({exchange.user, exchange.domain, exchange.challenge,
                                                         exchange.session_key, exchange.mic, exchange.messages},
                                                        Secret::from_text("Ticket-123"));
    return hash ? std::move(hash).value() : Secret();
  }
  Result<std::array<std::byte, 16>> vnc_challenge() override { return Error{ErrorKind::unsupported, "not VNC"}; }
  bool check_vnc_response(std::span<const std::byte, 16>, bool) override { return false; }
  Result<InputSink*> client_ready(const ClientProfile& client) override {
    profile = client;
    ready = true;
    if (unreachable) return Error{ErrorKind::unavailable, "the target is away"};
    return &input;
  }

  Input input;
  std::atomic<int> asked = 0;
  std::atomic<bool> ready = false;
  std::atomic<bool> unreachable = false;
  ClientProfile profile;
};

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

// One front, waiting for one client on a port.
class Gateway {
 public:
  explicit Gateway(const TemporaryFolder& folder) {
    const std::string certificate = folder / "certificate.pem", key = folder / "key.pem";
    REQUIRE(test::run({"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=gateway",
                       "-keyout", key, "-out", certificate}) == 0);
    identity_ = {text_of(certificate), Secret::from_text(text_of(key))};
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    REQUIRE(bind(listener_, reinterpret_cast<sockaddr*>(&address), length) == 0);
    REQUIRE(listen(listener_, 1) == 0);
    REQUIRE(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) == 0);
    port = ntohs(address.sin_port);
    thread_ = std::thread([this] {
      front_ = make_rdp_front(accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC), std::move(identity_));
      started_ = true;
      result = front_->run(host, surface);
      finished = true;
    });
  }
  ~Gateway() {
    if (!started_) shutdown(listener_, SHUT_RDWR);
    if (started_) front_->end("the test is over");
    thread_.join();
    close(listener_);
  }
  void end(const std::string& message) { front_->end(message); }

  Surface surface;
  Host host;
  std::uint16_t port = 0;
  Result<void> result;
  std::atomic<bool> finished = false;

 private:
  TlsIdentity identity_;
  int listener_ = -1;
  std::atomic<bool> started_ = false;
  std::unique_ptr<Front> front_;
  std::thread thread_;
};

std::vector<std::string> xfreerdp(std::uint16_t port, const std::string& password, Size size, int depth = 32) {
  return {"xfreerdp", "/v:127.0.0.1:" + std::to_string(port), "/u:alice", "/p:" + password, "/sec:tls", "/cert:ignore",
          "/size:" + std::to_string(size.width) + "x" + std::to_string(size.height), "/bpp:" + std::to_string(depth),
          "-decorations", "-grab-keyboard"};
}

std::map<std::string, std::string> at(const XDisplay& display, const TemporaryFolder& folder) {
  return {{"DISPLAY", display.name()}, {"HOME", folder.path()}, {"XDG_CONFIG_HOME", folder.path()}};
}

bool shows(const XDisplay& display, const Frame& frame) {
  const Frame screenshot = display.screenshot();
  return same_pixels(screenshot.view(), frame.view(), Rect::of(frame.size()));
}

}  // namespace

TEST_CASE("an RDP front shows a real client every pixel of the Surface, and its input arrives") {
  TemporaryFolder folder;
  XDisplay display(folder, kScreen);
  Gateway gateway(folder);
  Frame frame = picture(kScreen, 1);
  gateway.surface.commit(frame.view(), Rect::of(kScreen));
  Program client(xfreerdp(gateway.port, "Ticket-123", kScreen), at(display, folder), folder / "xfreerdp.log");
  REQUIRE(eventually([&] { return gateway.host.ready.load(); }));
  CHECK(gateway.host.profile.size == kScreen);
  CHECK(eventually([&] { return shows(display, frame); }, 20));

  const Frame other = picture(kScreen, 2);
  for (const Rect changed : {Rect{3, 5, 1, 1}, Rect{61, 63, 7, 70}, Rect{1000, 700, 24, 68}, Rect{130, 200, 333, 111}}) {
    frame.copy_from(other.view(), changed);
    gateway.surface.commit(frame.view(), changed);
  }
  CHECK(eventually([&] { return shows(display, frame); }, 20));

  REQUIRE(test::run({"xdotool", "mousemove", "200", "300", "click", "1", "click", "4", "click", "5", "key", "a", "key", "Right"},
              at(display, folder)) == 0);
  Input& input = gateway.host.input;
  CHECK(eventually([&] {
    return input.has_pointer([](const PointerEvent& e) { return e.position == Point{200, 300} && e.buttons == 1; });
  }));
  CHECK(eventually([&] { return input.has_pointer([](const PointerEvent& e) { return e.wheel == 120; }); }));
  CHECK(eventually([&] { return input.has_pointer([](const PointerEvent& e) { return e.wheel == -120; }); }));
  CHECK(eventually([&] { return input.has_key([](const KeyEvent& e) { return e.down && e.scancode == 0x1E; }); }));
  CHECK(eventually([&] { return input.has_key([](const KeyEvent& e) { return !e.down && e.scancode == 0x1E; }); }));
  CHECK(eventually(
      [&] { return input.has_key([](const KeyEvent& e) { return e.scancode == (kExtendedKey | 0x4D); }); }));

  CursorShape cursor{{32, 32}, {4, 6}, std::vector<std::uint8_t>(32 * 32 * 4, 255)};
  gateway.surface.set_cursor(cursor);
  gateway.end("enough");
  CHECK(eventually([&] { return gateway.finished.load() && !client.running(); }));
  CHECK(gateway.result);
}

TEST_CASE("an RDP front follows the Surface to other sizes") {
  TemporaryFolder folder;
  XDisplay display(folder, {1280, 1024});
  Gateway gateway(folder);
  const Frame small = picture({801, 603}, 3);
  gateway.surface.commit(small.view(), Rect::of(small.size()));
  Program client(xfreerdp(gateway.port, "Ticket-123", kScreen), at(display, folder), folder / "xfreerdp.log");
  CHECK(eventually([&] { return shows(display, small); }, 20));
  const Frame large = picture({1152, 864}, 4);
  gateway.surface.commit(large.view(), Rect::of(large.size()));
  CHECK(eventually([&] { return shows(display, large); }, 20));
  CHECK(client.running());
}

TEST_CASE("an RDP client with 24 bits per pixel sees exact colours too") {
  TemporaryFolder folder;
  XDisplay display(folder, kScreen);
  Gateway gateway(folder);
  const Frame frame = picture(kScreen, 5);
  gateway.surface.commit(frame.view(), Rect::of(kScreen));
  Program client(xfreerdp(gateway.port, "Ticket-123", kScreen, 24), at(display, folder), folder / "xfreerdp.log");
  CHECK(eventually([&] { return shows(display, frame); }, 20));
}

TEST_CASE("an RDP client with the graphics pipeline sees every pixel, and follows to other sizes") {
  TemporaryFolder folder;
  XDisplay display(folder, {1280, 1024});
  Gateway gateway(folder);
  Frame frame = picture(kScreen, 7);
  gateway.surface.commit(frame.view(), Rect::of(kScreen));
  auto command = xfreerdp(gateway.port, "Ticket-123", kScreen);
  command.push_back("/gfx");
  command.push_back("/log-level:DEBUG");
  Program client(command, at(display, folder), folder / "xfreerdp.log");
  CHECK(eventually([&] { return shows(display, frame); }, 20));
  const Frame other = picture(kScreen, 8);
  for (const Rect changed : {Rect{3, 5, 1, 1}, Rect{61, 63, 7, 70}, Rect{1000, 700, 24, 68}, Rect{130, 200, 333, 111}}) {
    frame.copy_from(other.view(), changed);
    gateway.surface.commit(frame.view(), changed);
    CHECK(eventually([&] { return shows(display, frame); }, 20));
  }
  // More frames than a client may leave unacknowledged, faster than it can.
  for (unsigned i = 0; i < 40; ++i) {
    frame = picture(kScreen, 100 + i);
    gateway.surface.commit(frame.view(), Rect::of(kScreen));
  }
  CHECK(eventually([&] { return shows(display, frame); }, 20));
  Frame large = picture({1153, 863}, 9);
  gateway.surface.commit(large.view(), Rect::of(large.size()));
  CHECK(eventually([&] { return shows(display, large); }, 20));
  large.row(862)[1152 * 4] ^= 0xFF;
  gateway.surface.commit(large.view(), Rect{1152, 862, 1, 1});
  CHECK(eventually([&] { return shows(display, large); }, 20));
  CHECK(client.running());
  // It was the pipeline that showed them.
  CHECK(text_of(folder / "xfreerdp.log").find("Loading Dynamic Virtual Channel rdpgfx") != std::string::npos);
}

TEST_CASE("an RDP client with 16 bits per pixel sees the colours that it can show") {
  TemporaryFolder folder;
  XDisplay display(folder, kScreen);
  Gateway gateway(folder);
  const Frame frame = picture(kScreen, 12);
  gateway.surface.commit(frame.view(), Rect::of(kScreen));
  Program client(xfreerdp(gateway.port, "Ticket-123", kScreen, 16), at(display, folder), folder / "xfreerdp.log");
  CHECK(eventually([&] {
    const Frame shown = display.screenshot();
    // Five or six bits of each channel.
    for (int y = 0; y < kScreen.height; ++y) {
      for (int x = 0; x < kScreen.width * 4; ++x) {
        if (x % 4 != 3 && std::abs(shown.view().at(0, y)[x] - frame.view().at(0, y)[x]) > 8) return false;
      }
    }
    return true;
  }, 20));
}

TEST_CASE("an RDP client whose window changes asks for another size, and shows it when the target has it") {
  TemporaryFolder folder;
  XDisplay display(folder, {1280, 1024});
  Gateway gateway(folder);
  Frame frame = picture(kScreen, 10);
  gateway.surface.commit(frame.view(), Rect::of(kScreen));
  auto command = xfreerdp(gateway.port, "Ticket-123", kScreen);
  command.push_back("/dynamic-resolution");
  SECTION("with bitmaps") {}
  SECTION("with the pipeline") { command.push_back("/gfx"); }
  Program client(command, at(display, folder), folder / "xfreerdp.log");
  REQUIRE(eventually([&] { return shows(display, frame); }, 20));
  // xfreerdp waits a little before it believes that dragging is over.
  const Size wanted{900, 700};
  CHECK(eventually([&] {
    (void)test::run({"xdotool", "search", "--onlyvisible", "--class", "xfreerdp", "windowsize", "900", "700"}, at(display, folder));
    return gateway.host.input.wished() == wanted;
  }, 20));
  frame = picture(wanted, 11);
  gateway.surface.commit(frame.view(), Rect::of(wanted));
  CHECK(eventually([&] { return shows(display, frame); }, 20));
}

TEST_CASE("an RDP client with a wrong password is denied and never sees the host") {
  TemporaryFolder folder;
  XDisplay display(folder, kScreen);
  Gateway gateway(folder);
  Program client(xfreerdp(gateway.port, "wrong", kScreen), at(display, folder), folder / "xfreerdp.log");
  CHECK(client.wait() != 0);
  CHECK(eventually([&] { return gateway.finished.load(); }));
  REQUIRE_FALSE(gateway.result);
  CHECK(gateway.result.error().kind == ErrorKind::denied);
  CHECK(gateway.host.asked == 1);
  CHECK_FALSE(gateway.host.ready);
  CHECK(text_of(folder / "xfreerdp.log").find("DENIED") != std::string::npos);
}

TEST_CASE("an RDP client that asks for NLA is let in with the right ticket") {
  TemporaryFolder folder;
  XDisplay display(folder, kScreen);
  Gateway gateway(folder);
  const Frame frame = picture(kScreen, 6);
  gateway.surface.commit(frame.view(), Rect::of(kScreen));
  auto command = xfreerdp(gateway.port, "Ticket-123", kScreen);
  // It offers TLS too; the token, which a file of ours carries, is what asks for NLA.
  command[4] = "/load-balance-info:Cookie: msts=frostgate-nla";
  command[2] = "/u:alice@lab-1";
  Program client(command, at(display, folder), folder / "xfreerdp.log");
  CHECK(eventually([&] { return shows(display, frame); }, 20));
  CHECK(gateway.host.asked == 1);
}

TEST_CASE("an RDP client that asks for NLA with a wrong ticket or another name never sees the host") {
  TemporaryFolder folder;
  XDisplay display(folder, kScreen);
  Gateway gateway(folder);
  auto command = xfreerdp(gateway.port, "Ticket-123", kScreen);
  command[2] = "/u:alice@lab-1";
  command[4] = "/load-balance-info:Cookie: msts=frostgate-nla";
  SECTION("a wrong ticket") { command[3] = "/p:Ticket-124"; }
  SECTION("an unknown user") { command[2] = "/u:mallory@lab-1"; }
  SECTION("the right ticket of another target") { command[2] = "/u:alice@lab-2"; }
  // It tries again when it was cut off, and nobody accepts that.
  Program client(command, at(display, folder), folder / "xfreerdp.log");
  CHECK(eventually([&] { return gateway.finished.load(); }));
  CHECK_FALSE(gateway.result);
  CHECK(gateway.host.asked == 1);
  CHECK_FALSE(gateway.host.ready);
}

TEST_CASE("a hash callback that knows nobody says so in this libfreerdp's words, and leaves a hash that is no known one") {
  rdp::prepare_library();
  freerdp_peer peer{};
  rdp::answer_ntlm_hash(&peer, [](freerdp_peer*, const rdp::NtlmQuestion&, BYTE* hash) {
    std::memset(hash, 0, 16);
    return false;
  });
  std::array<BYTE, 16> first{}, second{};
  const std::array<BYTE, 16> zero{};
#if FREERDP_VERSION_MAJOR >= 3
  CHECK(peer.SspiNtlmHashCallback(&peer, nullptr, nullptr, nullptr, nullptr, nullptr, first.data()) != SEC_E_OK);
  CHECK(peer.SspiNtlmHashCallback(&peer, nullptr, nullptr, nullptr, nullptr, nullptr, second.data()) != SEC_E_OK);
#else
  CHECK(peer.ComputeNtlmHash(&peer, nullptr, nullptr, nullptr, nullptr, nullptr, first.data()) == 0);
  CHECK(peer.ComputeNtlmHash(&peer, nullptr, nullptr, nullptr, nullptr, nullptr, second.data()) == 0);
#endif
  CHECK(first != zero);
  CHECK(first != second);
}

TEST_CASE("an RDP client is told when the target cannot be reached") {
  TemporaryFolder folder;
  XDisplay display(folder, kScreen);
  Gateway gateway(folder);
  gateway.host.unreachable = true;
  Program client(xfreerdp(gateway.port, "Ticket-123", kScreen), at(display, folder), folder / "xfreerdp.log");
  CHECK(client.wait() != 0);
  CHECK(eventually([&] { return gateway.finished.load(); }));
  REQUIRE_FALSE(gateway.result);
  CHECK(gateway.result.error().message == "the target is away");
}

TEST_CASE("a client that does not speak RDP is closed at its first bytes") {
  for (const std::string first : {"GET / HTTP/1.0\r\n\r\n", "\x16\x03\x01\x02\x05\x01", "RFB 003.008\n"}) {
    TemporaryFolder folder;
    Gateway gateway(folder);
    const int socket = connect_to(gateway.port);
    REQUIRE(write(socket, first.data(), first.size()) == static_cast<ssize_t>(first.size()));
    CHECK(eventually([&] { return gateway.finished.load(); }, 2));
    REQUIRE_FALSE(gateway.result);
    CHECK(gateway.result.error().kind == ErrorKind::corrupt);
    close(socket);
  }
}

TEST_CASE("a silent client does not keep an RDP front from ending") {
  TemporaryFolder folder;
  Gateway gateway(folder);
  const int socket = connect_to(gateway.port);
  const std::string start("\x03\0\0\x13\x0E", 5);
  REQUIRE(write(socket, start.data(), start.size()) == static_cast<ssize_t>(start.size()));
  close(socket);
  CHECK(eventually([&] { return gateway.finished.load(); }, 2));
  CHECK_FALSE(gateway.result);
}

TEST_CASE("a client that stops reading holds nothing up and sees the last state when it goes on") {
  TemporaryFolder folder;
  XDisplay display(folder, kScreen);
  Gateway gateway(folder);
  Frame frame = picture(kScreen, 6);
  gateway.surface.commit(frame.view(), Rect::of(kScreen));
  Program client(xfreerdp(gateway.port, "Ticket-123", kScreen), at(display, folder), folder / "xfreerdp.log");
  REQUIRE(eventually([&] { return shows(display, frame); }, 20));
  client.signal(SIGSTOP);
  for (unsigned seed = 7; seed < 47; ++seed) {
    frame = picture(kScreen, seed);
    gateway.surface.commit(frame.view(), Rect::of(kScreen));
  }
  client.signal(SIGCONT);
  CHECK(eventually([&] { return shows(display, frame); }, 20));

  client.signal(SIGSTOP);
  for (unsigned seed = 47; seed < 67; ++seed)
    gateway.surface.commit(picture(kScreen, seed).view(), Rect::of(kScreen));
  gateway.end("enough");
  CHECK(eventually([&] { return gateway.finished.load(); }, 5));
  client.signal(SIGCONT);
}

namespace {

Frame copy_of(Surface& surface, std::optional<CursorShape>* cursor = nullptr) {
  Surface::Reader reader(surface);
  Frame frame;
  reader.take([&](const Surface::Reader::Look& look) {
    frame = look.frame;
    if (cursor && look.cursor) *cursor = *look.cursor;
  });
  return frame;
}

bool equal(Surface& surface, const Frame& wanted) {
  const Frame frame = copy_of(surface);
  return frame.size() == wanted.size() && same_pixels(frame.view(), wanted.view(), Rect::of(wanted.size()));
}

}  // namespace

TEST_CASE("a back and a front are the same to each other: pixels, pointer, sizes and all input") {
  TemporaryFolder folder;
  Gateway gateway(folder);
  const Frame first = picture({1000, 700}, 1);
  gateway.surface.commit(first.view(), Rect::of(first.size()));
  CursorShape cursor{{20, 30}, {4, 6}, std::vector<std::uint8_t>(20 * 30 * 4, 255)};
  for (std::size_t i = 0; i < 4 * 20; i += 4) std::fill_n(cursor.pixels.begin() + static_cast<long>(i), 4, 0);
  gateway.surface.set_cursor(cursor);

  BackSettings settings;
  settings.socket = connect_to(gateway.port);
  settings.name = "front";
  settings.login.user = "alice";
  settings.login.password = Secret::from_text("Ticket-123");
  settings.wanted_size = {640, 480};
  settings.keyboard_layout = 0x409;
  const auto back = make_rdp_back(std::move(settings));
  Surface surface;
  const auto connected = back->connect(surface, 10);
  INFO((connected ? "" : connected.error().message));
  REQUIRE(connected);
  CHECK(gateway.host.profile.keyboard_layout == 0x409);
  Result<void> ran;
  std::thread thread([&] { ran = back->run(); });

  CHECK(eventually([&] { return equal(surface, first); }));
  CHECK_FALSE(back->lossy());
  std::optional<CursorShape> shown;
  CHECK(eventually([&] {
    copy_of(surface, &shown);
    return shown && shown->size == cursor.size && shown->pixels == cursor.pixels;
  }));
  CHECK((shown && shown->hotspot == cursor.hotspot));
  const Frame second = picture({1234, 567}, 2);
  gateway.surface.commit(second.view(), Rect::of(second.size()));
  CHECK(eventually([&] { return equal(surface, second); }));

  back->key({.down = true, .scancode = kExtendedKey | 0x4B});
  back->key({.down = true, .unicode = 0x4E2D});
  back->key({.down = true, .keysym = 'A'});
  back->key({.down = true, .scancode = kExtended1Key | 0x1D});
  back->pointer({.position = {1233, 566}, .buttons = pointer_button::kRight | pointer_button::kForward});
  back->pointer({.position = {1233, 566}, .buttons = pointer_button::kMiddle, .wheel = -240, .wheel_horizontal = 120});
  Input& input = gateway.host.input;
  const auto has_key = [&](auto predicate) { return eventually([&] { return input.has_key(predicate); }, 3); };
  const auto has_pointer = [&](auto predicate) { return eventually([&] { return input.has_pointer(predicate); }, 3); };
  CHECK(has_key([](const KeyEvent& e) { return e.down && e.scancode == (kExtendedKey | 0x4B); }));
  CHECK(has_key([](const KeyEvent& e) { return e.down && e.unicode == 0x4E2D; }));
  CHECK(has_key([](const KeyEvent& e) { return e.down && e.scancode == 0x2A; }));
  CHECK(has_key([](const KeyEvent& e) { return e.down && e.scancode == 0x1E; }));
  CHECK(has_key([](const KeyEvent& e) { return e.down && e.scancode == (kExtended1Key | 0x1D); }));
  CHECK(has_pointer([](const PointerEvent& e) {
    return e.position == Point{1233, 566} && e.buttons == (pointer_button::kRight | pointer_button::kForward);
  }));
  CHECK(has_pointer([](const PointerEvent& e) { return e.buttons == pointer_button::kMiddle && e.wheel == -240; }));
  CHECK(has_pointer([](const PointerEvent& e) { return e.wheel_horizontal == 120; }));

  gateway.end("enough");
  thread.join();
  REQUIRE_FALSE(ran);
  CHECK(ran.error().message == "front ended the session: an administrator ended the session");
}
