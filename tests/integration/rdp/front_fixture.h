// An RDP front on a port of this machine, for one client.
#pragma once

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <map>
#include <thread>

#include "gateway/crypto/ntlm.h"
#include "gateway/relay/front.h"
#include "tests/integration/programs.h"
#include "tests/integration/rdp/recorded_input.h"

namespace frostgate::test {

using namespace relay;

inline constexpr Size kScreen{1024, 768};

// A picture that no codec can guess: gradients, noise and single lines.
inline Frame picture(Size size, unsigned seed) {
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

// Knows alice with one password or ticket, and one target.
class Host : public FrontHost {
 public:
  bool authenticate(const PasswordLogin& login) override {
    ++asked;
    return login.user == "alice" && login.password.text() == "Ticket-123";
  }
  Result<std::vector<std::byte>> sign_handshake(std::uint16_t scheme, std::span<const std::byte> content) override {
    ++signed_handshakes;
    return crypto::sign_handshake(identity, scheme, content, {});
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

  crypto::PemIdentity identity;
  Input input;
  std::atomic<int> asked = 0, signed_handshakes = 0;
  std::atomic<bool> ready = false;
  std::atomic<bool> unreachable = false;
  ClientProfile profile;
};

inline std::string text_of(const std::filesystem::path& file) {
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
    host.identity = crypto::load_identity(certificate, key).value();
    identity_.certificate = host.identity.certificate;
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
  void copy(const std::string& text) { front_->clipboard(text); }

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

inline std::vector<std::string> xfreerdp(std::uint16_t port, const std::string& password, Size size, int depth = 32) {
  return {"xfreerdp", "/v:127.0.0.1:" + std::to_string(port), "/u:alice", "/p:" + password, "/sec:tls", "/cert:ignore",
          "/size:" + std::to_string(size.width) + "x" + std::to_string(size.height), "/bpp:" + std::to_string(depth),
          "-decorations", "-grab-keyboard"};
}

inline std::map<std::string, std::string> at(const XDisplay& display, const TemporaryFolder& folder) {
  return {{"DISPLAY", display.name()}, {"HOME", folder.path()}, {"XDG_CONFIG_HOME", folder.path()}};
}

inline bool shows(const XDisplay& display, const Frame& frame) {
  const Frame screenshot = display.screenshot();
  return same_pixels(screenshot.view(), frame.view(), Rect::of(frame.size()));
}

}  // namespace frostgate::test
