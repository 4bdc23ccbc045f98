#include "gateway/crypto/handshake_signature.h"

#include <openssl/ssl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <functional>
#include <future>
#include <string_view>

#include "gateway/crypto/library_server.h"
#include "gateway/crypto/tls_tunnel.h"
#include "tests/unit/bytes_of.h"
#include "tests/unit/gateway/crypto/test_identity.h"

using namespace frostgate;
using namespace frostgate::crypto;

namespace {

constexpr std::uint16_t kRsaPkcs1 = 0x0401, kRsaPss = 0x0804, kEcdsa = 0x0403, kEd25519 = 0x0807;

std::vector<std::byte> joined(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const std::string_view part : parts) out += part;
  return bytes_of(out);
}

constexpr std::string_view kSentence("TLS 1.3, server CertificateVerify\0", 34);
const std::string kBlanks(64, ' '), kHash(32, 'h'), kClientRandom(32, 'c'), kSentinel("DOWNGRD\x01");
const std::string kX25519 = std::string("\x03\x00\x1d\x20", 4) + std::string(32, 'x');

HandshakeNonce nonce_of(char letter) {
  HandshakeNonce out;
  out.fill(static_cast<std::byte>(letter));
  return out;
}
const HandshakeNonce kNonce = nonce_of('n');
const std::string kNonceText(24, 'n');

// A point of a curve, as a server sends it.
std::string exchange(const char* curve, char number) {
  const TestKey key(EVP_EC_gen(curve));
  unsigned char point[133];
  std::size_t size = 0;
  REQUIRE(EVP_PKEY_get_octet_string_param(key.get(), "encoded-pub-key", point, sizeof point, &size) == 1);
  return std::string("\x03\x00", 2) + number + static_cast<char>(size) + std::string(reinterpret_cast<const char*>(point), size);
}

// A client of a server with the key elsewhere.
struct Shaken {
  bool by_server = false, by_client = false;
  int signatures = 0;
  int version = 0;
};

using Configure = std::function<void(SSL*)>;

bool connect_as_client(int socket, const Configure& configure, int& version) {
  const std::unique_ptr<SSL_CTX, FreeWith<SSL_CTX_free>> context(SSL_CTX_new(TLS_client_method()));
  const std::unique_ptr<SSL, FreeWith<SSL_free>> client(SSL_new(context.get()));
  SSL_set_fd(client.get(), socket);
  configure(client.get());
  const bool done = SSL_connect(client.get()) == 1;
  version = SSL_version(client.get());
  char byte = 0;
  // In TLS 1.3 a client is done before the server has looked at all that it said.
  const bool both = done && SSL_write(client.get(), "?", 1) == 1 && SSL_read(client.get(), &byte, 1) == 1 && byte == '!';
  if (!both) shutdown(socket, SHUT_RDWR);
  return both;
}

Shaken shake(const PemIdentity& pem, const Configure& configure, const HandshakeNonce& used = kNonce) {
  signal(SIGPIPE, SIG_IGN);
  int ends[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
  Shaken out;
  auto client = std::async(std::launch::async, [&] { return connect_as_client(ends[1], configure, out.version); });
  const auto sign = [&](std::uint16_t scheme, std::span<const std::byte> content) {
    ++out.signatures;
    return sign_handshake(pem, scheme, content, kNonce);
  };
  {
    auto server = TlsTunnel::accept({ends[0], -1, std::chrono::steady_clock::now() + std::chrono::seconds(20)}, {pem.certificate, used, sign});
    out.by_server = server.has_value();
    if (!server || write(server.value()->plain(), "!", 1) != 1) shutdown(ends[0], SHUT_RDWR);
    out.by_client = client.get();
  }
  for (const int end : ends) close(end);
  return out;
}

void at_most_1_2(SSL* client) { SSL_set_max_proto_version(client, TLS1_2_VERSION); }

}  // namespace

TEST_CASE("a server whose key is elsewhere shakes hands with each kind of key, by one signature each") {
  for (const char* kind : {"RSA", "P-256", "P-384", "ED25519"}) {
    const PemIdentity pem = make_test_identity(kind);
    for (const bool older : {false, true}) {
      INFO(kind << (older ? " in TLS 1.2" : " in TLS 1.3"));
      const Shaken shaken = shake(pem, [&](SSL* client) { if (older) at_most_1_2(client); });
      CHECK(shaken.by_server);
      CHECK(shaken.by_client);
      CHECK(shaken.signatures == 1);
      CHECK(shaken.version == (older ? TLS1_2_VERSION : TLS1_3_VERSION));
    }
  }
}

TEST_CASE("both paddings of RSA are signed in TLS 1.2, and each curve's exchange") {
  const PemIdentity pem = make_test_identity("RSA");
  for (const char* algorithms : {"RSA+SHA256", "RSA+SHA512", "rsa_pss_rsae_sha256", "rsa_pss_rsae_sha384"}) {
    for (const char* curve : {"X25519", "P-256", "P-384"}) {
      INFO(algorithms << " " << curve);
      const Shaken shaken = shake(pem, [&](SSL* client) {
        at_most_1_2(client);
        SSL_set1_sigalgs_list(client, algorithms);
        SSL_set1_groups_list(client, curve);
      });
      CHECK(shaken.by_client);
      CHECK(shaken.signatures == 1);
    }
  }
}

TEST_CASE("nothing that the key would have to decrypt is agreed on, and no older TLS") {
  const PemIdentity pem = make_test_identity("RSA");
  const Configure refused[] = {[](SSL* client) { at_most_1_2(client), SSL_set_cipher_list(client, "kRSA"); },
                               [](SSL* client) { at_most_1_2(client), SSL_set1_groups_list(client, "P-521"); },
                               [](SSL* client) { at_most_1_2(client), SSL_set1_groups_list(client, "X448"); },
                               [](SSL* client) { SSL_set_security_level(client, 0), SSL_set_min_proto_version(client, TLS1_VERSION), SSL_set_max_proto_version(client, TLS1_1_VERSION); }};
  for (const Configure& configure : refused) {
    const Shaken shaken = shake(pem, configure);
    CHECK_FALSE(shaken.by_server);
    CHECK_FALSE(shaken.by_client);
    CHECK(shaken.signatures == 0);
  }
}

TEST_CASE("TLS 1.2 needs the signer's nonce, TLS 1.3 does not") {
  const PemIdentity pem = make_test_identity("P-256");
  CHECK_FALSE(shake(pem, at_most_1_2, nonce_of('o')).by_client);
  CHECK(shake(pem, [](SSL*) {}, nonce_of('o')).by_client);
}

TEST_CASE("a library that reads its key as PEM shakes hands with the one that is elsewhere, and others read theirs") {
  for (const char* kind : {"RSA", "P-256"}) {
    for (const bool older : {false, true}) {
      INFO(kind << (older ? " in TLS 1.2" : " in TLS 1.3"));
      const PemIdentity pem = make_test_identity(kind), authority = make_test_identity("P-256");
      int signatures = 0;
      const auto sign = [&](std::uint16_t scheme, std::span<const std::byte> content) {
        ++signatures;
        return sign_handshake(pem, scheme, content, kNonce);
      };
      REQUIRE(identify_servers({pem.certificate + authority.certificate, kNonce, sign}));
      int ends[2];
      REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
      auto client = std::async(std::launch::async, [&] {
        const std::unique_ptr<SSL_CTX, FreeWith<SSL_CTX_free>> context(SSL_CTX_new(TLS_client_method()));
        const std::unique_ptr<SSL, FreeWith<SSL_free>> ssl(SSL_new(context.get()));
        SSL_set_fd(ssl.get(), ends[1]);
        if (older) at_most_1_2(ssl.get());
        return SSL_connect(ssl.get()) == 1 ? sk_X509_num(SSL_get_peer_cert_chain(ssl.get())) : 0;
      });
      // As libfreerdp 2.11 does.
      const std::unique_ptr<SSL_CTX, FreeWith<SSL_CTX_free>> context(SSL_CTX_new(TLS_server_method()));
      const std::unique_ptr<SSL, FreeWith<SSL_free>> server(SSL_new(context.get()));
      const std::unique_ptr<BIO, FreeWith<BIO_free_all>> no_key(BIO_new_mem_buf(kKeyIsElsewhere, -1)), certificate(BIO_new_mem_buf(pem.certificate.data(), -1)),
          a_key(BIO_new_mem_buf(authority.private_key.text().data(), static_cast<int>(authority.private_key.size()))), garbage(BIO_new_mem_buf("no key", -1));
      const TestKey key(PEM_read_bio_PrivateKey(no_key.get(), nullptr, nullptr, nullptr));
      const std::unique_ptr<X509, FreeWith<X509_free>> leaf(PEM_read_bio_X509(certificate.get(), nullptr, nullptr, nullptr));
      REQUIRE(key);
      REQUIRE(SSL_use_PrivateKey(server.get(), key.get()) == 1);
      REQUIRE(SSL_use_certificate(server.get(), leaf.get()) == 1);
      SSL_set_fd(server.get(), ends[0]);
      CHECK(SSL_accept(server.get()) == 1);
      CHECK(client.get() == 2);
      CHECK(signatures == 1);
      CHECK(TestKey(PEM_read_bio_PrivateKey(a_key.get(), nullptr, nullptr, nullptr)));
      CHECK_FALSE(TestKey(PEM_read_bio_PrivateKey(garbage.get(), nullptr, nullptr, nullptr)));
      for (const int end : ends) close(end);
    }
  }
}

TEST_CASE("what a handshake signs is signed") {
  const PemIdentity rsa = make_test_identity("RSA"), ec = make_test_identity("P-256"), ed = make_test_identity("ED25519");
  const auto newest = joined({kBlanks, kSentence, kHash});
  CHECK(sign_handshake(rsa, kRsaPss, newest, kNonce).value().size() == 256);
  CHECK(sign_handshake(rsa, kRsaPss, joined({kBlanks, kSentence, kHash, std::string(16, 'h')}), kNonce));
  CHECK(sign_handshake(ec, kEcdsa, newest, kNonce));
  CHECK(sign_handshake(ed, kEd25519, newest, kNonce).value().size() == 64);
  for (const std::string& point : {kX25519, exchange("P-256", 0x17), exchange("P-384", 0x18)}) {
    const auto older = joined({kClientRandom, kNonceText, kSentinel, point});
    CHECK(older.size() <= kLongestHandshakeContent);
    CHECK(sign_handshake(rsa, kRsaPkcs1, older, kNonce));
    CHECK(sign_handshake(ec, kEcdsa, older, kNonce));
  }
}

TEST_CASE("what no handshake of this nonce signs is not signed") {
  const PemIdentity rsa = make_test_identity("RSA");
  const std::string on_p256 = exchange("P-256", 0x17);
  std::string beside = on_p256;
  beside.back() = static_cast<char>(beside.back() ^ 1);
  const std::string client_sentence("TLS 1.3, client CertificateVerify\0", 34);
  const std::vector<std::byte> refused[] = {
      {},
      bytes_of("full address:s:evil.example"),
      joined({kBlanks, kSentence}),
      joined({kBlanks, kSentence, std::string(31, 'h')}),
      joined({kBlanks, kSentence, std::string(64, 'h')}),
      joined({kBlanks, kSentence, kHash, "x"}),
      joined({kBlanks, client_sentence, kHash}),
      joined({std::string(63, ' '), "!", kSentence, kHash}),
      joined({kClientRandom, kNonceText, kSentinel}),
      joined({kClientRandom, kNonceText, kSentinel, std::string("\x03\x00\x1d", 3)}),
      joined({kClientRandom, std::string(24, 'o'), kSentinel, kX25519}),
      joined({kClientRandom, kNonceText, "12345678", kX25519}),
      joined({kClientRandom, kNonceText, std::string("DOWNGRD\x00", 8), kX25519}),
      joined({kClientRandom, kNonceText, kSentinel, kX25519, "x"}),
      joined({kClientRandom, kNonceText, kSentinel, kX25519.substr(0, 35)}),
      joined({kClientRandom, kNonceText, kSentinel, std::string("\x03\x00\x1d\x21", 4), std::string(33, 'x')}),
      joined({kClientRandom, kNonceText, kSentinel, beside}),
      joined({kClientRandom, kNonceText, kSentinel, std::string("\x03\x00\x17\x21\x02", 5), std::string(32, '\1')}),  // a compressed point
      joined({kClientRandom, kNonceText, kSentinel, exchange("P-521", 0x19)}),
      joined({kClientRandom, kNonceText, kSentinel, std::string("\x01\x00\x1d\x20", 4), std::string(32, 'x')}),
  };
  for (const std::vector<std::byte>& content : refused) {
    INFO(content.size() << " bytes, number " << &content - refused);
    const auto signature = sign_handshake(rsa, kRsaPss, content, kNonce);
    REQUIRE_FALSE(signature);
    CHECK(signature.error().kind == ErrorKind::denied);
  }
}

TEST_CASE("a scheme that is not the key's, or not of its version of TLS, signs nothing") {
  const PemIdentity rsa = make_test_identity("RSA"), ec = make_test_identity("P-256");
  const auto newest = joined({kBlanks, kSentence, kHash}), older = joined({kClientRandom, kNonceText, kSentinel, kX25519});
  CHECK(sign_handshake(rsa, kRsaPkcs1, newest, kNonce).error().kind == ErrorKind::denied);
  CHECK(sign_handshake(rsa, kRsaPkcs1, older, kNonce));
  for (const std::uint16_t weak : {0x0201, 0x0203, 0x0101, 0x0301, 0, 0xffff}) CHECK(sign_handshake(rsa, weak, older, kNonce).error().kind == ErrorKind::denied);
  CHECK(sign_handshake(rsa, kEcdsa, newest, kNonce).error().kind == ErrorKind::invalid);
  CHECK(sign_handshake(ec, kRsaPss, newest, kNonce).error().kind == ErrorKind::invalid);
}
