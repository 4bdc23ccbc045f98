// The RFB and VeNCrypt handshakes against a peer that says anything. The first byte chooses: bit 0 the front (a client's
// bytes) or the back (a target's), bit 1 whether tickets may come in clear or a certificate of the target is known, bit 2
// whether the host admits everybody. Bit 7: the rest are frames of a browser's WebSocket instead, read whole and in pieces.
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <span>
#include <string>

#include "gateway/relay/vnc/handshake.h"
#include "gateway/relay/vnc/target_handshake.h"
#include "gateway/relay/vnc/web_socket.h"
#include "gateway/relay/wakeup.h"

using namespace frostgate;
using namespace frostgate::relay;

namespace {

struct Host : FrontHost {
  bool authenticate(const PasswordLogin& login) override {
    if (login.user.size() > 256 || login.password.size() > 1024) std::abort();
    return take();
  }
  Result<std::array<std::byte, 16>> vnc_challenge() override { return std::array<std::byte, 16>{}; }
  bool check_vnc_response(std::span<const std::byte, 16>, bool) override { return take(); }
  Result<InputSink*> client_ready(const ClientProfile&) override {
    if (!admitted) std::abort();
    return static_cast<InputSink*>(nullptr);
  }
  bool take() {
    if (++guesses > 1) std::abort();  // one guess a connection
    return admitted = admits;
  }
  bool admits = false, admitted = false;
  int guesses = 0;
};

std::string read_frames(std::span<const std::byte> bytes, std::size_t piece) {
  vnc::FrameReader reader;
  std::string out;
  while (!bytes.empty()) {
    const auto said = reader.take(bytes.first(std::min(piece, bytes.size())));
    if (!said) return out + std::to_string(reader.refusal());
    out += said.value().payload;
    bytes = bytes.subspan(std::min(piece, bytes.size()));
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size == 0 || size > 16384) return 0;
  if (data[0] & 0x80) {
    const auto bytes = std::as_bytes(std::span(data + 1, size - 1));
    const std::string in_pieces = read_frames(bytes, 1 + size % 7), whole = read_frames(bytes, size);
    // What is refused as a whole may have said something before.
    if (!whole.empty() && whole != in_pieces && !in_pieces.ends_with(whole)) std::abort();
    return 0;
  }
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) != 0) std::abort();
  if (write(pair[1], data + 1, size - 1) < 0) std::abort();
  shutdown(pair[1], SHUT_WR);
  Wakeup stop;
  constexpr std::chrono::seconds kLimit{1};
  if (data[0] & 1) {
    Host host;
    host.admits = data[0] & 4;
    (void)vnc::admit_client(pair[0], stop.descriptor(), {.identity = {}, .plaintext_tickets = (data[0] & 2) != 0}, host, kLimit).has_value();
  } else {
    vnc::Talk talk(pair[0], stop.descriptor(), vnc::Talk::Clock::now() + kLimit, "the target");
    TargetLogin login;
    login.user = data[0] & 4 ? "operator" : "";
    login.password = Secret::from_text("secret12");
    const crypto::TlsTrust trust{data[0] & 2 ? std::string(64, 'a') : "", "", ""};
    crypto::ShownCertificate shown;
    const auto entered = vnc::enter_target(talk, login, trust, shown);
    if (entered && (data[0] & 2)) std::abort();  // in clear, though a certificate is known
    if (entered && entered.value().server_init.size() > 24 + 4096) std::abort();
  }
  close(pair[0]);
  close(pair[1]);
  return 0;
}
