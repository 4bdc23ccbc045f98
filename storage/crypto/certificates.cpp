#include "storage/crypto/certificates.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <array>

#include "storage/crypto/hex.h"

namespace frostgate::storage {

Bio reader_of(std::span<const std::byte> bytes) {
  // OpenSSL takes no null pointer, and reads nothing of an empty text.
  static constexpr std::byte kNothing{};
  Bio bio(BIO_new_mem_buf(bytes.empty() ? &kNothing : bytes.data(), static_cast<int>(bytes.size())));
  require(bio != nullptr);
  return bio;
}

std::span<const std::byte> contents_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {reinterpret_cast<const std::byte*>(data), static_cast<std::size_t>(size)};
}

Result<std::vector<Certificate>> read_certificates(std::span<const std::byte> pem) {
  std::vector<Certificate> certificates;
  const Bio reader = reader_of(pem);
  while (X509* certificate = PEM_read_bio_X509(reader.get(), nullptr, nullptr, nullptr)) certificates.emplace_back(certificate);
  const bool end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (certificates.empty() || !end) return Error{ErrorKind::invalid, "holds no PEM certificate, or one that cannot be read"};
  return certificates;
}

std::string fingerprint_of(const X509* certificate) {
  std::array<std::byte, 32> digest{};
  unsigned size = 0;
  require(X509_digest(certificate, EVP_sha256(), as_unsigned(digest.data()), &size) == 1);
  return to_hex(digest);
}

std::string subject_of(const X509* certificate) {
  const Bio out(BIO_new(BIO_s_mem()));
  require(X509_NAME_print_ex(out.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0);
  const auto bytes = contents_of(out.get());
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace frostgate::storage
