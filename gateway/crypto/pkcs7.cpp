#include "gateway/crypto/pkcs7.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>

#include <memory>

#include "gateway/crypto/openssl_handles.h"

namespace frostgate::crypto {

Result<std::vector<std::byte>> sign_detached(const PemIdentity& signer, std::span<const std::byte> content) {
  const Bio certificates = reader_of(signer.certificate);
  const Certificate certificate(PEM_read_bio_X509(certificates.get(), nullptr, nullptr, nullptr));
  const Key key(PEM_read_bio_PrivateKey(reader_of(signer.private_key.text()).get(), nullptr, nullptr, nullptr));
  const Chain chain(sk_X509_new_null());
  if (!certificate || !key || !chain) return Error{ErrorKind::invalid, "the identity holds no certificate and key"};
  while (X509* next = PEM_read_bio_X509(certificates.get(), nullptr, nullptr, nullptr)) sk_X509_push(chain.get(), next);
  const Bio text(BIO_new_mem_buf(content.data(), static_cast<int>(content.size())));
  constexpr int kAsRdpsign = PKCS7_DETACHED | PKCS7_BINARY | PKCS7_NOATTR | PKCS7_NOSMIMECAP;
  const std::unique_ptr<PKCS7, FreeWith<PKCS7_free>> signature(PKCS7_sign(certificate.get(), key.get(), chain.get(), text.get(), kAsRdpsign));
  const Bio der(BIO_new(BIO_s_mem()));
  if (!signature || !der || i2d_PKCS7_bio(der.get(), signature.get()) != 1) {
    return Error{ErrorKind::invalid, "the certificate's key cannot sign"};
  }
  char* data = nullptr;
  const long size = BIO_get_mem_data(der.get(), &data);
  const auto* bytes = reinterpret_cast<const std::byte*>(data);
  return std::vector<std::byte>(bytes, bytes + size);
}

}  // namespace frostgate::crypto
