#include "gateway/serve/handshake_signer.h"

#include "storage/crypto/hex.h"
#include "tests/unit/gateway/serve/relay_fixture.h"

using namespace frostgate;
using namespace frostgate::serve;
using nlohmann::json;

namespace {

constexpr int kRsaPkcs1 = 0x0401, kRsaPss = 0x0804;
const std::string kNewest = std::string(64, ' ') + std::string("TLS 1.3, server CertificateVerify\0", 34) + std::string(32, 'h');

// What a server of TLS 1.2 with this nonce signs, in hexadecimal.
std::string older_with(const std::string& nonce) {
  const std::string before(32, 'c'), behind = "DOWNGRD\x01" + std::string("\x03\x00\x1d\x20", 4) + std::string(32, 'x');
  return storage::to_hex(std::as_bytes(std::span(before))) + nonce + storage::to_hex(std::as_bytes(std::span(behind)));
}

json asked(const std::string& content_hex, int scheme) { return {{"type", "sign_handshake"}, {"scheme", scheme}, {"content", content_hex}}; }
json asked_newest() { return asked(storage::to_hex(std::as_bytes(std::span(kNewest))), kRsaPss); }

std::vector<std::byte> signature_in(const Reply& reply) {
  CHECK_FALSE(reply.end_relay);
  REQUIRE(reply.body.value("type", "") == "handshake_signature");
  CHECK(reply.descriptors.empty());
  return message(reply.body).bytes("signature").value();
}

}  // namespace

TEST_CASE("a relay is told the certificate and a nonce, and not the key") {
  Gateway gateway;
  Relay relay(gateway), other(gateway);
  json start, another;
  REQUIRE(relay.broker.identify_relay(start));
  REQUIRE(other.broker.identify_relay(another));
  CHECK(start["certificate"] == gateway.core->identity->current()->certificate);
  CHECK(start["nonce"].get<std::string>().size() == 48);
  CHECK(start["nonce"] != another["nonce"]);
  CHECK(start.size() == 2);
  CHECK(start.dump().find("PRIVATE KEY") == std::string::npos);
}

TEST_CASE("a relay gets one signature, for its own handshake, and dies for a second") {
  Gateway gateway;
  Relay relay(gateway);
  json start;
  REQUIRE(relay.broker.identify_relay(start));
  CHECK(signature_in(relay.say(asked_newest())).size() == 256);
  CHECK(relay.say(asked_newest()).end_relay);
  CHECK(relay.say(asked(older_with(start["nonce"]), kRsaPkcs1)).end_relay);
}

TEST_CASE("a relay that asks for a signature over anything else gets none, and no other chance") {
  Gateway gateway;
  const std::string text = "full address:s:evil.example";
  const json wrong[] = {asked(storage::to_hex(std::as_bytes(std::span(text))), kRsaPkcs1),
                        asked(older_with(std::string(48, '0')), kRsaPkcs1),
                        asked(storage::to_hex(std::as_bytes(std::span(kNewest))), kRsaPkcs1),
                        asked(std::string(1 << 16, '0'), kRsaPss),
                        asked("", kRsaPss),
                        asked("zz", kRsaPss),
                        {{"type", "sign_handshake"}},
                        {{"type", "sign_handshake"}, {"scheme", "2052"}, {"content", "00"}},
                        {{"type", "sign_handshake"}, {"scheme", 65536 + kRsaPss}, {"content", storage::to_hex(std::as_bytes(std::span(kNewest)))}}};
  for (const json& question : wrong) {
    INFO(question.dump().substr(0, 200));
    Relay relay(gateway);
    json start;
    REQUIRE(relay.broker.identify_relay(start));
    const Reply reply = relay.say(question);
    CHECK(reply.end_relay);
    CHECK(reply.body.is_null());
    CHECK(relay.say(asked_newest()).end_relay);
  }
}

TEST_CASE("a relay that never was to speak TLS, and one whose user is let in, gets no signature") {
  Gateway gateway;
  Relay browser(gateway, FrontKind::vnc);
  CHECK(browser.say(asked_newest()).end_relay);
  Relay admitted(gateway);
  json start;
  REQUIRE(admitted.broker.identify_relay(start));
  REQUIRE(admitted.login("anna@dc1", kPassword).body.value("type", "") == "admitted");
  CHECK(admitted.say(asked_newest()).end_relay);
}

TEST_CASE("a relay that shows the old certificate is signed for by its key after another has come") {
  Gateway gateway;
  const auto before = gateway.core->identity->current();
  Relay old(gateway), fresh(gateway);
  json start, anew;
  REQUIRE(old.broker.identify_relay(start));
  const auto& data = gateway.core->config.data_dir;
  REQUIRE(crypto::make_self_signed(data / "self-signed.crt", data / "self-signed.key", "renewed", kNow));
  gateway.core->identity->refresh(kNow, true);
  REQUIRE(gateway.core->identity->current()->fingerprint != before->fingerprint);
  REQUIRE(fresh.broker.identify_relay(anew));
  CHECK(start["certificate"] == before->certificate);
  CHECK(anew["certificate"] == gateway.core->identity->current()->certificate);
  // The same bytes and key make the same signature with PKCS #1.
  for (const auto& [relay, told, identity] : {std::tuple{&old, &start, before}, std::tuple{&fresh, &anew, gateway.core->identity->current()}}) {
    const json question = asked(older_with((*told)["nonce"]), kRsaPkcs1);
    crypto::HandshakeNonce nonce;
    const auto bytes = message(*told).bytes("nonce").value();
    std::copy(bytes.begin(), bytes.end(), nonce.begin());
    const auto expected = crypto::sign_handshake(*identity, kRsaPkcs1, message(question).bytes("content").value(), nonce);
    CHECK(signature_in(relay->say(question)) == expected.value());
  }
}
