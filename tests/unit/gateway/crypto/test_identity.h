// Certificates with keys of each kind, made by OpenSSL for a test.
#pragma once

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <catch2/catch.hpp>
#include <memory>
#include <string>

#include "codec/base/free_with.h"
#include "gateway/crypto/tls_identity.h"

namespace frostgate::crypto {

using TestKey = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;

inline TestKey make_test_key(const std::string& kind) {
  if (kind == "RSA") return TestKey(EVP_RSA_gen(2048));
  if (kind.starts_with("P-")) return TestKey(EVP_EC_gen(kind.c_str()));
  return TestKey(EVP_PKEY_Q_keygen(nullptr, nullptr, kind.c_str()));
}

// `kind`: "RSA" (of 2048 bits), a curve as "P-256", "ED25519".
inline PemIdentity make_test_identity(const std::string& kind) {
  const TestKey key = make_test_key(kind);
  const std::unique_ptr<X509, FreeWith<X509_free>> made(X509_new());
  const std::unique_ptr<BIO, FreeWith<BIO_free_all>> certificate(BIO_new(BIO_s_mem())), key_text(BIO_new(BIO_s_mem()));
  REQUIRE((key && made && certificate && key_text));
  X509_set_version(made.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>("gate"), -1, -1, 0);
  X509_set_issuer_name(made.get(), X509_get_subject_name(made.get()));
  X509_set_pubkey(made.get(), key.get());
  REQUIRE(X509_sign(made.get(), key.get(), kind.starts_with("ED") ? nullptr : EVP_sha256()) > 0);
  REQUIRE(PEM_write_bio_X509(certificate.get(), made.get()) == 1);
  REQUIRE(PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  const auto text = [](BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return std::string(data, static_cast<std::size_t>(size));
  };
  PemIdentity out;
  out.certificate = text(certificate.get());
  out.private_key = Secret::from_text(text(key_text.get()));
  return out;
}

}  // namespace frostgate::crypto
