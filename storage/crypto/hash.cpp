#include "storage/crypto/hash.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <cstdlib>

#include "storage/crypto/openssl_handles.h"

namespace frostgate::storage {

struct Sha256::State {
  DigestContext context{EVP_MD_CTX_new()};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  require(EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr) == 1);
}
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::add(std::span<const std::byte> bytes) {
  require(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1);
}

Sha256Digest Sha256::finish() {
  Sha256Digest digest;
  require(EVP_DigestFinal_ex(state_->context.get(), as_unsigned(digest.data()), nullptr) == 1);
  return digest;
}

Sha256Digest Sha256::of(std::span<const std::byte> bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hash.finish();
}

Secret hkdf_sha256(const Secret& key, std::span<const std::byte> salt, std::string_view info) {
  const KdfAlgorithm algorithm(EVP_KDF_fetch(nullptr, "HKDF", nullptr));
  const KdfContext context(EVP_KDF_CTX_new(algorithm.get()));
  require(context != nullptr);
  // RFC 5869 2.2: no salt is one of zeros. OpenSSL takes no null pointer.
  static constexpr std::array<std::byte, 32> kNoSalt{};
  if (salt.empty()) salt = kNoSalt;
  char digest[] = "SHA256";
  // OSSL_PARAM takes pointers to non-const and only reads here.
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, const_cast<std::byte*>(key.bytes().data()), key.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, const_cast<std::byte*>(salt.data()), salt.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, const_cast<char*>(info.data()), info.size()),
      OSSL_PARAM_construct_end()};
  Secret derived(32);
  require(EVP_KDF_derive(context.get(), as_unsigned(derived.bytes().data()), derived.size(), parameters) == 1);
  return derived;
}

}  // namespace frostgate::storage
