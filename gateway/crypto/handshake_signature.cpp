#include "gateway/crypto/handshake_signature.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include "codec/base/free_with.h"
#include "gateway/crypto/openssl_handles.h"
#include "gateway/crypto/signature_scheme.h"

namespace frostgate::crypto {
namespace {

using Bytes = std::span<const std::byte>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeWith<EVP_MD_CTX_free>>;

constexpr std::size_t kRandom = 32;
constexpr std::size_t kBlanks = 64;
constexpr std::string_view kSentence("TLS 1.3, server CertificateVerify\0", 34);
constexpr std::string_view kNotOlder = "DOWNGRD\x01";  // TLS 1.2, said by a server that speaks 1.3 too

bool is(Bytes bytes, std::string_view text) {
  return std::ranges::equal(bytes, text, [](std::byte byte, char letter) { return byte == static_cast<std::byte>(letter); });
}

bool of_tls_1_3(Bytes content) {
  const std::size_t before = kBlanks + kSentence.size();
  // The hash is that of the cipher: SHA-256 or SHA-384.
  if (content.size() != before + 32 && content.size() != before + 48) return false;
  return std::ranges::all_of(content.first(kBlanks), [](std::byte byte) { return byte == std::byte{' '}; }) && is(content.subspan(kBlanks, kSentence.size()), kSentence);
}

// A point that is on none lets its maker choose twice as many bytes.
bool on_curve(int curve, Bytes point) {
  const std::unique_ptr<EC_GROUP, FreeWith<EC_GROUP_free>> group(EC_GROUP_new_by_curve_name(curve));
  const std::unique_ptr<EC_POINT, FreeWith<EC_POINT_free>> read(group ? EC_POINT_new(group.get()) : nullptr);
  const auto* bytes = reinterpret_cast<const unsigned char*>(point.data());
  return read && point[0] == std::byte{4} && EC_POINT_oct2point(group.get(), read.get(), bytes, point.size(), nullptr) == 1;
}

// ServerECDHParams: named_curve (3), the curve's number, the length of the point, the point.
bool is_exchange(Bytes params) {
  constexpr std::size_t kHeader = 4;
  if (params.size() <= kHeader || std::to_integer<std::size_t>(params[3]) != params.size() - kHeader) return false;
  const Bytes point = params.subspan(kHeader);
  const std::string_view curves[] = {{"\x03\x00\x1d", 3}, {"\x03\x00\x17", 3}, {"\x03\x00\x18", 3}};
  const Bytes named = params.first(3);
  if (is(named, curves[0])) return point.size() == 32;
  if (is(named, curves[1])) return point.size() == 65 && on_curve(NID_X9_62_prime256v1, point);
  return is(named, curves[2]) && point.size() == 97 && on_curve(NID_secp384r1, point);
}

bool of_tls_1_2(Bytes content, const HandshakeNonce& nonce) {
  if (content.size() <= 2 * kRandom) return false;
  const Bytes random = content.subspan(kRandom, kRandom);
  return std::ranges::equal(random.first(nonce.size()), nonce) && is(random.subspan(nonce.size()), kNotOlder) && is_exchange(content.subspan(2 * kRandom));
}

Result<std::vector<std::byte>> signature_of(Bytes content, const SignatureScheme& scheme, EVP_PKEY* key) {
  const Error unable{ErrorKind::invalid, "the certificate's key cannot sign so"};
  const DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* how = nullptr;
  if (!context || EVP_DigestSignInit_ex(context.get(), &how, scheme.digest, nullptr, nullptr, key, nullptr) != 1) return unable;
  if (scheme.pss && (EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING) != 1 || EVP_PKEY_CTX_set_rsa_pss_saltlen(how, RSA_PSS_SALTLEN_DIGEST) != 1)) return unable;
  const auto* data = reinterpret_cast<const unsigned char*>(content.data());
  std::size_t size = 0;
  if (EVP_DigestSign(context.get(), nullptr, &size, data, content.size()) != 1) return unable;
  std::vector<std::byte> out(size);
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, data, content.size()) != 1) return unable;
  out.resize(size);
  return out;
}

}  // namespace

Result<std::vector<std::byte>> sign_handshake(const PemIdentity& identity, std::uint16_t scheme, std::span<const std::byte> content, const HandshakeNonce& nonce) {
  const SignatureScheme* known = find_scheme([&](const SignatureScheme& one) { return one.number == scheme; });
  if (!known) return Error{ErrorKind::denied, "by a scheme that is not one of TLS 1.2 and later"};
  const bool newest = of_tls_1_3(content);
  if (!newest && !of_tls_1_2(content, nonce)) return Error{ErrorKind::denied, "over what no handshake of its own signs"};
  const bool only_older = std::string_view(known->key) == "RSA" && !known->pss;
  if (newest && only_older) return Error{ErrorKind::denied, "by a scheme that TLS 1.3 does not have"};
  const Key key(PEM_read_bio_PrivateKey(reader_of(identity.private_key.text()).get(), nullptr, nullptr, nullptr));
  if (!key || EVP_PKEY_is_a(key.get(), known->key) != 1) return Error{ErrorKind::invalid, "by a scheme that is not one of the certificate's key"};
  return signature_of(content, *known, key.get());
}

}  // namespace frostgate::crypto
