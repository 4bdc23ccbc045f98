// Keys of a provider made up for a test, and tokens under them: right ones, and any wrong one.
#pragma once

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "codec/base/free_with.h"
#include "gateway/crypto/hmac.h"
#include "gateway/oidc/json_text.h"

namespace frostgate::test {

using nlohmann::json;

inline std::string base64url(std::string_view text) { return oidc::to_base64url(std::as_bytes(std::span(text))); }

class Signer {
 public:
  static Signer rsa(unsigned bits = 2048) { return Signer(EVP_RSA_gen(bits), true); }
  static Signer ec() { return Signer(EVP_EC_gen("P-256"), false); }

  json jwk(const std::string& name) const {
    if (rsa_) return {{"kty", "RSA"}, {"use", "sig"}, {"alg", "RS256"}, {"kid", name}, {"n", number(OSSL_PKEY_PARAM_RSA_N, 0)}, {"e", number(OSSL_PKEY_PARAM_RSA_E, 0)}};
    return {{"kty", "EC"}, {"crv", "P-256"}, {"kid", name}, {"x", number(OSSL_PKEY_PARAM_EC_PUB_X, 32)}, {"y", number(OSSL_PKEY_PARAM_EC_PUB_Y, 32)}};
  }
  std::string algorithm() const { return rsa_ ? "RS256" : "ES256"; }

  std::string token(const json& claims, const std::string& name) const { return signed_by_us(json{{"alg", algorithm()}, {"kid", name}}.dump(), claims.dump()); }
  std::string signed_by_us(const std::string& header, const std::string& claims) const {
    const std::string text = base64url(header) + "." + base64url(claims);
    const std::vector<unsigned char> made = signature(text);
    return text + "." + oidc::to_base64url(std::as_bytes(std::span(made)));
  }
  // The oldest trick: the public key, which everybody has, as the key of a symmetric algorithm.
  std::string symmetric(const json& claims, const std::string& name) const {
    std::unique_ptr<BIO, FreeWith<BIO_free_all>> out(BIO_new(BIO_s_mem()));
    PEM_write_bio_PUBKEY(out.get(), key_.get());
    char* data = nullptr;
    const long size = BIO_get_mem_data(out.get(), &data);
    const std::string text = base64url(json{{"alg", "HS256"}, {"kid", name}}.dump()) + "." + base64url(claims.dump());
    return text + "." + oidc::to_base64url(crypto::hmac_sha256(std::string_view(data, static_cast<std::size_t>(size)), text));
  }

 private:
  Signer(EVP_PKEY* key, bool rsa) : key_(key, EVP_PKEY_free), rsa_(rsa) {}

  std::string number(const char* what, int bytes) const {
    BIGNUM* found = nullptr;
    EVP_PKEY_get_bn_param(key_.get(), what, &found);
    std::vector<unsigned char> out(static_cast<std::size_t>(bytes > 0 ? bytes : BN_num_bytes(found)));
    BN_bn2binpad(found, out.data(), static_cast<int>(out.size()));
    BN_free(found);
    return oidc::to_base64url(std::as_bytes(std::span(out)));
  }

  std::vector<unsigned char> signature(const std::string& text) const {
    std::unique_ptr<EVP_MD_CTX, FreeWith<EVP_MD_CTX_free>> digest(EVP_MD_CTX_new());
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t size = 0;
    EVP_DigestSignInit(digest.get(), nullptr, EVP_sha256(), nullptr, key_.get());
    EVP_DigestSign(digest.get(), nullptr, &size, bytes, text.size());
    std::vector<unsigned char> out(size);
    EVP_DigestSign(digest.get(), out.data(), &size, bytes, text.size());
    out.resize(size);
    if (rsa_) return out;
    const unsigned char* at = out.data();
    std::unique_ptr<ECDSA_SIG, FreeWith<ECDSA_SIG_free>> parts(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(out.size())));
    std::vector<unsigned char> raw(64);
    BN_bn2binpad(ECDSA_SIG_get0_r(parts.get()), raw.data(), 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(parts.get()), raw.data() + 32, 32);
    return raw;
  }

  std::shared_ptr<EVP_PKEY> key_;
  bool rsa_;
};

}  // namespace frostgate::test
