#include "gateway/crypto/pkcs7.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>

#include <memory>

namespace frostgate::crypto {
namespace {

struct FreeAll {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(PKCS7* signature) const { PKCS7_free(signature); }
  void operator()(STACK_OF(X509)* chain) const { sk_X509_pop_free(chain, X509_free); }
};
template <class T>
using Handle = std::unique_ptr<T, FreeAll>;

Handle<BIO> reader_of(std::span<const std::byte> bytes) {
  return Handle<BIO>(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

}  // namespace

Result<std::vector<std::byte>> sign_detached(const PemIdentity& signer, std::span<const std::byte> content) {
  const Handle<BIO> certificates = reader_of(std::as_bytes(std::span(signer.certificate)));
  const Handle<X509> certificate(PEM_read_bio_X509(certificates.get(), nullptr, nullptr, nullptr));
  const Handle<EVP_PKEY> key(
      PEM_read_bio_PrivateKey(reader_of(signer.private_key.bytes()).get(), nullptr, nullptr, nullptr));
  const Handle<STACK_OF(X509)> chain(sk_X509_new_null());
  if (!certificate || !key || !chain) return Error{ErrorKind::invalid, "the identity holds no certificate and key"};
  while (X509* next = PEM_read_bio_X509(certificates.get(), nullptr, nullptr, nullptr)) sk_X509_push(chain.get(), next);
  const Handle<BIO> text = reader_of(content);
  constexpr int kAsRdpsign = PKCS7_DETACHED | PKCS7_BINARY | PKCS7_NOATTR | PKCS7_NOSMIMECAP;
  const Handle<PKCS7> signature(PKCS7_sign(certificate.get(), key.get(), chain.get(), text.get(), kAsRdpsign));
  const Handle<BIO> der(BIO_new(BIO_s_mem()));
  if (!signature || !der || i2d_PKCS7_bio(der.get(), signature.get()) != 1) {
    return Error{ErrorKind::invalid, "the certificate's key cannot sign"};
  }
  char* data = nullptr;
  const long size = BIO_get_mem_data(der.get(), &data);
  const auto* bytes = reinterpret_cast<const std::byte*>(data);
  return std::vector<std::byte>(bytes, bytes + size);
}

}  // namespace frostgate::crypto
