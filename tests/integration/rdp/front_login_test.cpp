#include "gateway/relay/rdp/freerdp_compat.h"
#include "gateway/relay/rdp_library.h"
#include "tests/integration/rdp/front_fixture.h"

using namespace frostgate;
using namespace frostgate::relay;
using namespace frostgate::test;

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
