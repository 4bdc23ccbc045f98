#include "gateway/crypto/public_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/param_build.h>

#include <vector>

#include "gateway/crypto/openssl_handles.h"

namespace frostgate::crypto {
namespace {

constexpr std::size_t kCoordinate = 32;

using Number = std::unique_ptr<BIGNUM, FreeWith<BN_free>>;
using Context = std::unique_ptr<EVP_PKEY_CTX, FreeWith<EVP_PKEY_CTX_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, FreeWith<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, FreeWith<OSSL_PARAM_free>>;
using Digest = std::unique_ptr<EVP_MD_CTX, FreeWith<EVP_MD_CTX_free>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, FreeWith<ECDSA_SIG_free>>;

const unsigned char* octets(std::span<const std::byte> bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

Number number(std::span<const std::byte> bytes) { return Number(BN_bin2bn(octets(bytes), static_cast<int>(bytes.size()), nullptr)); }

// Null when the numbers make no key of this type.
Key key_from(const char* type, OSSL_PARAM_BLD* builder) {
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
  const Context making(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* made = nullptr;
  if (!parameters || !making || EVP_PKEY_fromdata_init(making.get()) != 1 || EVP_PKEY_fromdata(making.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) return nullptr;
  Key key(made);
  const Context checking(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  if (!checking || EVP_PKEY_public_check(checking.get()) != 1) return nullptr;
  return key;
}

// As OpenSSL wants it; empty when it is none.
std::vector<unsigned char> der_signature(std::span<const std::byte> raw) {
  if (raw.size() != 2 * kCoordinate) return {};
  const EcSignature signature(ECDSA_SIG_new());
  Number r = number(raw.first(kCoordinate)), s = number(raw.subspan(kCoordinate));
  if (!signature || !r || !s || ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1) return {};
  (void)r.release();
  (void)s.release();
  unsigned char* encoded = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &encoded);
  if (size <= 0) return {};
  std::vector<unsigned char> out(encoded, encoded + size);
  OPENSSL_free(encoded);
  return out;
}

}  // namespace

Result<PublicKey> PublicKey::rsa(std::span<const std::byte> modulus, std::span<const std::byte> exponent) {
  if (modulus.size() > 1025 || exponent.empty() || exponent.size() > 8) return Error{ErrorKind::invalid, "an RSA key of impossible size"};
  const Number n = number(modulus), e = number(exponent);
  if (!n || !e) return Error{ErrorKind::invalid, "an RSA key of impossible size"};
  const int bits = BN_num_bits(n.get());
  if (bits < 2048 || bits > 8192) return Error{ErrorKind::invalid, "an RSA key of " + std::to_string(bits) + " bits; expected 2048 to 8192"};
  const Builder builder(OSSL_PARAM_BLD_new());
  Key key;
  if (builder && OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) == 1 && OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) == 1)
    key = key_from("RSA", builder.get());
  ERR_clear_error();
  if (!key) return Error{ErrorKind::invalid, "these numbers are no RSA key"};
  return PublicKey(std::shared_ptr<EVP_PKEY>(std::move(key)), true);
}

Result<PublicKey> PublicKey::p256(std::span<const std::byte> x, std::span<const std::byte> y) {
  if (x.size() != kCoordinate || y.size() != kCoordinate) return Error{ErrorKind::invalid, "a coordinate on P-256 has 32 bytes"};
  std::vector<std::byte> point{std::byte{POINT_CONVERSION_UNCOMPRESSED}};
  point.insert(point.end(), x.begin(), x.end());
  point.insert(point.end(), y.begin(), y.end());
  const Builder builder(OSSL_PARAM_BLD_new());
  Key key;
  if (builder && OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) == 1 &&
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) == 1)
    key = key_from("EC", builder.get());
  ERR_clear_error();
  if (!key) return Error{ErrorKind::invalid, "this point is not on P-256"};
  return PublicKey(std::shared_ptr<EVP_PKEY>(std::move(key)), false);
}

bool PublicKey::verifies(std::string_view text, std::span<const std::byte> signature) const {
  std::vector<unsigned char> der;
  if (!rsa_) {
    der = der_signature(signature);
    if (der.empty()) return false;
    signature = std::as_bytes(std::span(der));
  }
  const Digest digest(EVP_MD_CTX_new());
  const bool good = digest && EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
                    EVP_DigestVerify(digest.get(), octets(signature), signature.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
  ERR_clear_error();
  return good;
}

}  // namespace frostgate::crypto
