#include "gateway/relay/vnc/handshake.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <future>
#include <optional>
#include <string>

#include "gateway/base/descriptor.h"
#include "gateway/crypto/passwords.h"
#include "gateway/crypto/tls_identity.h"
#include "gateway/relay/vnc/talk.h"
#include "gateway/relay/vnc/target_handshake.h"
#include "gateway/relay/wakeup.h"
#include "tests/unit/storage/temporary_directory.h"

using namespace frostgate;
using namespace frostgate::relay;
using namespace std::chrono_literals;

namespace {

struct NoInput : InputSink {
  void key(const KeyEvent&) override {}
  void pointer(const PointerEvent&) override {}
  void lock_keys(const LockKeys&) override {}
  void request_screen(const ScreenWish&) override {}
};

const std::string kRight(16, 'r'), kWrong(16, 'w'), kChallenge(16, 'c');

crypto::PemIdentity identity() {
  const storage::TemporaryDirectory folder;
  const UtcTime now = std::chrono::floor<Microseconds>(std::chrono::system_clock::now());  // OpenSSL asks the clock, too
  REQUIRE(crypto::make_self_signed(folder.path() / "crt", folder.path() / "key", "gate", now));
  return crypto::load_identity(folder.path() / "crt", folder.path() / "key").value();
}

const crypto::PemIdentity& own_identity() {
  static const crypto::PemIdentity pem = identity();
  return pem;
}

struct Host : FrontHost {
  Result<std::vector<std::byte>> sign_handshake(std::uint16_t scheme, std::span<const std::byte> content) override {
    ++signatures;
    return crypto::sign_handshake(own_identity(), scheme, content, {});
  }
  bool authenticate(const PasswordLogin& login) override {
    ++guesses;
    return login.user == "alice@lab-1" && login.password.text() == "right";
  }
  Result<std::array<std::byte, 16>> vnc_challenge() override {
    ++challenges;
    std::array<std::byte, 16> challenge;
    challenge.fill(std::byte{'c'});
    return challenge;
  }
  bool check_vnc_response(std::span<const std::byte, 16> response, bool encrypted) override {
    over_tls = encrypted;
    ++guesses;
    return std::all_of(response.begin(), response.end(), [](std::byte b) { return b == std::byte{'r'}; });
  }
  Result<InputSink*> client_ready(const ClientProfile& profile) override {
    REQUIRE(profile.size.empty());
    ++ready;
    if (target_error) return *target_error;
    return &input;
  }
  bool enter() override {
    ++entries;
    return lets_in;
  }
  bool lets_in = true;
  int entries = 0;
  bool over_tls = false;
  int challenges = 0, guesses = 0, ready = 0, signatures = 0;
  std::optional<Error> target_error;
  NoInput input;
};

VncSecurity offering(bool plaintext_tickets) {
  VncSecurity out;
  out.identity = {own_identity().certificate, {}};
  out.plaintext_tickets = plaintext_tickets;
  return out;
}

// Plays a client whose whole side is `bytes`, all at once; what the server said is `heard`.
struct Talked {
  Result<vnc::AdmittedClient> result;
  std::string heard;
};

Talked talk(Host& host, const std::string& bytes, bool leave = true, std::chrono::milliseconds limit = 2s,
            bool plaintext_tickets = true) {
  int pair[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
  REQUIRE(write(pair[1], bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  if (leave) shutdown(pair[1], SHUT_WR);
  Wakeup stop;
  Result<vnc::AdmittedClient> result = vnc::admit_client(pair[0], stop.descriptor(), offering(plaintext_tickets), host, limit);
  close(pair[0]);
  std::string heard;
  char byte;
  while (read(pair[1], &byte, 1) == 1) heard += byte;
  close(pair[1]);
  return {std::move(result), heard};
}

std::string word(int value) { return {0, 0, 0, static_cast<char>(value)}; }
const std::string kVersion = "RFB 003.008\n", kTypes = {2, 19, 2}, kChosen = {2};

}  // namespace

TEST_CASE("a client of each RFB version is admitted with the right response") {
  Host host;
  Talked v8 = talk(host, "RFB 003.008\n" + kChosen + kRight);
  REQUIRE(v8.result);
  CHECK(v8.result->sink == &host.input);
  CHECK_FALSE(host.over_tls);
  CHECK(v8.heard == kTypes + kChallenge + word(0));
  CHECK(talk(host, "RFB 003.007\n" + kChosen + kRight).heard == kTypes + kChallenge + word(0));
  CHECK(talk(host, "RFB 003.003\n" + kRight).heard == word(2) + kChallenge + word(0));
  CHECK(talk(host, "RFB 003.005\n" + kRight).heard == word(2) + kChallenge + word(0));
  CHECK(talk(host, "RFB 003.889\n" + kChosen + kRight).heard == kTypes + kChallenge + word(0));
  CHECK(host.ready == 5);
}

TEST_CASE("a browser is asked for no proof, and comes in by no other way") {
  const auto browse = [](Host& host, const std::string& bytes) {
    int pair[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    REQUIRE(write(pair[1], bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    shutdown(pair[1], SHUT_WR);
    Wakeup stop;
    Result<vnc::AdmittedClient> result = vnc::admit_client(pair[0], stop.descriptor(), {.identity = {}, .plaintext_tickets = true, .browser = true}, host, 2s);
    close(pair[0]);
    std::string heard;
    char byte;
    while (read(pair[1], &byte, 1) == 1) heard += byte;
    close(pair[1]);
    return Talked{std::move(result), heard};
  };
  const std::string none{1, 1};
  Host host;
  const Talked in = browse(host, kVersion + std::string{1});
  CHECK(in.result);
  CHECK(in.heard == kVersion + none + word(0));
  CHECK(host.entries == 1);
  Host refuses;
  refuses.lets_in = false;
  const Talked out = browse(refuses, kVersion + std::string{1});
  CHECK(out.result.error().kind == ErrorKind::denied);
  CHECK(out.heard == kVersion + none + word(1) + word(6) + "denied");
  Host other;
  CHECK_FALSE(browse(other, kVersion + kChosen + kRight).result);
  CHECK_FALSE(browse(other, kVersion + std::string{19, 0, 2}).result);
  CHECK_FALSE(browse(other, "RFB 003.003\n" + kRight).result);
  CHECK(other.entries + other.guesses + other.challenges + other.ready + refuses.ready == 0);
}

TEST_CASE("a wrong response is denied in the words of each RFB version, and there is no second guess") {
  Host host;
  const Talked v8 = talk(host, "RFB 003.008\n" + kChosen + kWrong + kRight);
  CHECK(v8.result.error().kind == ErrorKind::denied);
  CHECK(v8.heard == kTypes + kChallenge + word(1) + word(6) + "denied");
  CHECK(talk(host, "RFB 003.007\n" + kChosen + kWrong + kRight).heard == kTypes + kChallenge + word(1));
  CHECK(talk(host, "RFB 003.003\n" + kWrong + kRight).heard == word(2) + kChallenge + word(1));
  CHECK(host.guesses == 3);
  CHECK(host.challenges == 3);
  CHECK(host.ready == 0);
}

TEST_CASE("a way to authenticate that was not offered is denied before any guess") {
  Host host;
  for (const char type : {'\0', '\1', '\x12', '\xff'}) {
    const Talked talked = talk(host, kVersion + std::string(1, type) + kRight);
    CHECK(talked.result.error().kind == ErrorKind::denied);
  }
  CHECK(host.challenges == 0);
}

TEST_CASE("what is not an RFB version is an error at once") {
  Host host;
  for (const std::string garbage : {"GET / HTTP/1.1\r\n", "RFB 003.00x\n", "RFB 006.001\n", "RFB 003.002\n", "RFB 003.0080",
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
  CHECK(talked.heard == kTypes + kChallenge + word(1) + word(19) + "db1 does not answer");
}

TEST_CASE("a handshake can be stopped while the client is silent") {
  Host host;
  int pair[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
  Wakeup stop;
  auto done = std::async(std::launch::async, [&] { return vnc::admit_client(pair[0], stop.descriptor(), offering(false), host, 10s); });
  stop.raise();
  CHECK(done.get().error().kind == ErrorKind::cancelled);
  close(pair[0]);
  close(pair[1]);
}

namespace {

// Our own two handshakes, against each other over one connection: the target's side of `enter_target` is `admit_client`.
struct Met {
  Descriptor server_socket, client_socket;  // outlive the tunnels over them
  Result<vnc::AdmittedClient> server;
  Result<vnc::EnteredTarget> client;
  crypto::ShownCertificate shown;
};

Met meet(Host& host, const TargetLogin& login, const crypto::TlsTrust& trust) {
  int pair[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) == 0);
  Wakeup stop;
  const VncSecurity security = offering(false);
  REQUIRE(write(pair[0], kVersion.data(), kVersion.size()) == static_cast<ssize_t>(kVersion.size()));
  auto server = std::async(std::launch::async, [&]() -> Result<vnc::AdmittedClient> {
    auto admitted = vnc::admit_client(pair[0], stop.descriptor(), security, host, 5s);
    // ClientInit, and a ServerInit of 640 by 480.
    const int inside = admitted && admitted->tunnel ? admitted->tunnel->plain() : pair[0];
    vnc::Talk talk(inside, stop.descriptor(), vnc::Talk::Clock::now() + 5s, "the client");
    if (admitted && talk.read_byte()) {
      REQUIRE(talk.write(std::string{2, static_cast<char>(0x80), 1, static_cast<char>(0xe0)} + std::string(16, '\0') + std::string{0, 0, 0, 3} + "lab"));
    } else {
      admitted = Error{ErrorKind::denied, "nobody came in"};
      shutdown(pair[0], SHUT_RDWR);
    }
    return admitted;
  });
  vnc::Talk talk(pair[1], stop.descriptor(), vnc::Talk::Clock::now() + 5s, "the target");
  crypto::ShownCertificate shown;
  Result<vnc::EnteredTarget> client = vnc::enter_target(talk, login, trust, shown);
  if (!client) shutdown(pair[1], SHUT_RDWR);
  return {Descriptor(pair[0]), Descriptor(pair[1]), server.get(), std::move(client), std::move(shown)};
}

TargetLogin login_as(const std::string& user, const std::string& password) {
  TargetLogin login;
  login.user = user;
  login.password = Secret::from_text(password);
  return login;
}

// What a VNC server of these bytes makes of our client's handshake.
Result<vnc::EnteredTarget> enter(const std::string& bytes, const crypto::TlsTrust& trust = {}) {
  int pair[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) == 0);
  REQUIRE(write(pair[1], bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  shutdown(pair[1], SHUT_WR);
  Wakeup stop;
  vnc::Talk talk(pair[0], stop.descriptor(), vnc::Talk::Clock::now() + 2s, "the target");
  crypto::ShownCertificate shown;
  auto entered = vnc::enter_target(talk, login_as("", "pw"), trust, shown);
  CHECK(shown.fingerprint.empty());
  CHECK(shown.refused == (!trust.pinned.empty() && !entered && entered.error().kind == ErrorKind::corrupt));
  close(pair[0]);
  close(pair[1]);
  return entered;
}

const std::string kInit = std::string{2, static_cast<char>(0x80), 1, static_cast<char>(0xe0)} + std::string(16, '\0');

}  // namespace

TEST_CASE("a name and a password over TLS with the gateway's certificate let a client in") {
  Host host;
  const std::string fingerprint = identity().fingerprint;
  Met met = meet(host, login_as("alice@lab-1", "right"), {});
  REQUIRE(met.client);
  REQUIRE(met.server);
  REQUIRE(met.server->tunnel);
  CHECK(met.client->server_init.substr(24) == "lab");
  CHECK(met.shown.fingerprint.size() == 64);
  CHECK(met.shown.fingerprint != fingerprint);  // made anew by each call of identity()
  CHECK_FALSE(met.shown.refused);
  CHECK(host.signatures == 1);
  const std::string seen = met.shown.fingerprint;
  CHECK(meet(host, login_as("alice@lab-1", "right"), {seen, "", ""}).client);
  const Met changed = meet(host, login_as("alice@lab-1", "right"), {std::string(64, 'a'), "", ""});
  REQUIRE_FALSE(changed.client);
  CHECK(changed.client.error().kind == ErrorKind::corrupt);
  CHECK(changed.client.error().message.find(seen) != std::string::npos);
  CHECK(changed.shown.fingerprint == seen);
  CHECK(changed.shown.refused);
}

TEST_CASE("a wrong password over TLS is denied, and the client reads no more than that") {
  Host host;
  const Met met = meet(host, login_as("alice@lab-1", "wrong"), {});
  REQUIRE_FALSE(met.client);
  CHECK(met.client.error().kind == ErrorKind::denied);
  CHECK(met.client.error().message == "the target refused the credential: \"denied\"");
  CHECK(host.guesses == 1);
  CHECK(host.ready == 0);
}

TEST_CASE("a ticket over TLS is checked as one that came over TLS") {
  Host host;
  const Met met = meet(host, login_as("", "ticket12"), {});
  CHECK_FALSE(met.client);  // the host knows no ticket
  CHECK(host.over_tls);
  CHECK(host.challenges == 1);
}

TEST_CASE("a certificate must come from the authorities when there are some, and be for the host") {
  Host host;
  const VncSecurity security = offering(false);
  CHECK(meet(host, login_as("alice@lab-1", "right"), {"", security.identity.certificate, "gate"}).client);
  const Met other_host = meet(host, login_as("alice@lab-1", "right"), {"", security.identity.certificate, "else"});
  REQUIRE_FALSE(other_host.client);
  CHECK(other_host.client.error().kind == ErrorKind::corrupt);
  CHECK(other_host.shown.refused);
  const Met stranger = meet(host, login_as("alice@lab-1", "right"), {"", identity().certificate, "gate"});
  REQUIRE_FALSE(stranger.client);
  CHECK(stranger.client.error().message.find("not trusted") != std::string::npos);
  CHECK(stranger.shown.refused);
  CHECK(stranger.shown.fingerprint.size() == 64);
  CHECK_FALSE(meet(host, login_as("alice@lab-1", "right"), {"", "no certificate", "gate"}).client);
}

TEST_CASE("a target that showed a certificate once gets no credential without TLS") {
  const crypto::TlsTrust known{std::string(64, 'a'), "", ""};
  for (const std::string& offer : {std::string("RFB 003.008\n") + std::string{1, 2}, std::string("RFB 003.008\n") + std::string{2, 1, 2},
                                   std::string("RFB 003.003\n") + word(2) + kChallenge,
                                   std::string("RFB 003.008\n") + std::string{1, 19, 0, 2, 0, 2} + std::string{0, 0, 1, 2} + std::string{0, 0, 1, 3}}) {
    const auto entered = enter(offer, known);
    REQUIRE_FALSE(entered);
    CHECK(entered.error().kind == ErrorKind::corrupt);
  }
}

TEST_CASE("targets of each version that want no password or a VNC password are entered") {
  CHECK(enter("RFB 003.008\n" + std::string{1, 1} + word(0) + kInit + word(3) + "lab"));
  CHECK(enter("RFB 003.007\n" + std::string{1, 1} + kInit + word(3) + "lab"));
  CHECK(enter("RFB 003.003\n" + word(1) + kInit + word(0)));
  CHECK(enter("RFB 003.003\n" + word(2) + kChallenge + word(0) + kInit + word(0)));
  CHECK(enter("RFB 005.000\n" + std::string{3, 1, 5, 2} + kChallenge + word(0) + kInit + word(0)));
}

TEST_CASE("what a target sends that cannot be is an error, and nothing is allocated for it") {
  const std::string greeting = "RFB 003.008\n" + std::string{1, 1};
  const std::string huge(4, '\xff');
  CHECK(enter(greeting + word(0) + kInit + huge).error().kind == ErrorKind::corrupt);      // a name of 4 GB
  CHECK(enter(greeting + word(1) + huge).error().kind == ErrorKind::corrupt);              // a reason of 4 GB
  CHECK(enter("RFB 003.008\n" + std::string(1, '\0') + huge).error().kind == ErrorKind::corrupt);
  CHECK(enter(greeting + word(0) + std::string(4, '\x7f') + std::string(16, '\0') + word(0)).error().kind == ErrorKind::unsupported);
  CHECK(enter(greeting + word(0) + std::string(4, '\0') + std::string(16, '\0') + word(0)).error().kind == ErrorKind::unsupported);
  CHECK(enter("RFB 003.008\n" + std::string{2, 16, 30}).error().kind == ErrorKind::unsupported);
  CHECK(enter("HTTP/1.1 400 ").error().kind == ErrorKind::corrupt);
  const auto turned_away = enter("RFB 003.008\n" + std::string(1, '\0') + word(9) + "go\x1b[31maw");
  CHECK(turned_away.error().message == "the target lets nobody in: \"go?[31maw\"");
}

TEST_CASE("names and passwords of impossible length are refused before they are read") {
  Host host;
  // Without TLS nobody gets so far: VeNCrypt's own bytes, cut or wrong, end the handshake.
  const std::string vencrypt = "RFB 003.008\n\x13";
  CHECK(talk(host, vencrypt + std::string{0, 1}).result.error().kind == ErrorKind::unsupported);
  CHECK(talk(host, vencrypt + std::string{0, 2} + std::string{0, 0, 1, 0}).result.error().kind == ErrorKind::denied);
  CHECK(talk(host, vencrypt + std::string{0, 2} + std::string{0, 0, 1, 4}).result.error().kind == ErrorKind::denied);  // X509None
  CHECK(talk(host, vencrypt + std::string{0, 2} + std::string{0, 0, 1, 6} + "no TLS at all").result.error().kind == ErrorKind::corrupt);
  CHECK(host.guesses == 0);
}

TEST_CASE("without plaintext tickets nothing but TLS is offered") {
  Host host;
  const Talked v8 = talk(host, "RFB 003.008\n" + kChosen + kRight, true, 2s, false);
  CHECK(v8.result.error().kind == ErrorKind::denied);
  CHECK(v8.heard.starts_with(std::string{1, 19} + word(1)));
  CHECK(talk(host, "RFB 003.003\n" + kRight, true, 2s, false).result.error().kind == ErrorKind::denied);
  CHECK(host.challenges == 0);
}
