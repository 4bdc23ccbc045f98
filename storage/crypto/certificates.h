// X.509 and ASN.1 through OpenSSL, for signatures and time-stamps. Only for storage/crypto.
#pragma once

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/x509.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "storage/crypto/openssl_handles.h"

namespace frostgate::storage {

// The stack alone: what is in it belongs to somebody else.
struct FreeStack {
  void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};

using Bio = std::unique_ptr<BIO, FreeWith<BIO_free_all>>;
using PrivateKey = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, FreeWith<X509_free>>;
using CertificateStack = std::unique_ptr<STACK_OF(X509), FreeStack>;
using CmsContent = std::unique_ptr<CMS_ContentInfo, FreeWith<CMS_ContentInfo_free>>;

// `bytes` outlives it.
Bio reader_of(std::span<const std::byte> bytes);
// What was written to a BIO in memory; valid until it is written to again.
std::span<const std::byte> contents_of(BIO* bio);

// All certificates of a PEM text; `invalid` when there is none or one that cannot be read.
Result<std::vector<Certificate>> read_certificates(std::span<const std::byte> pem);
std::string fingerprint_of(const X509* certificate);
std::string subject_of(const X509* certificate);  // RFC 2253, UTF-8

template <class T, class Write>
std::vector<std::byte> to_der(T* object, Write write) {
  unsigned char* der = nullptr;
  const int size = write(object, &der);
  require(size > 0);
  const auto* bytes = reinterpret_cast<const std::byte*>(der);
  std::vector<std::byte> out(bytes, bytes + size);
  OPENSSL_free(der);
  return out;
}

}  // namespace frostgate::storage
