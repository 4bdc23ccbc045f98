#include "gateway/crypto/tls_identity.h"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <fstream>
#include <memory>
#include <sstream>

#include "codec/base/free_with.h"
#include "gateway/base/descriptor.h"
#include "gateway/crypto/openssl_handles.h"

namespace frostgate::crypto {
namespace {

using Extension = std::unique_ptr<X509_EXTENSION, FreeWith<X509_EXTENSION_free>>;

Result<std::string> read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{ErrorKind::not_found, path.string() + ": cannot be read"};
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<std::size_t>(size));
}

Result<void> write_file(const std::filesystem::path& path, const std::string& text, mode_t mode) {
  const Descriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
  // A file left by an attempt before keeps its mode otherwise.
  if (!file.valid() || fchmod(file.fd(), mode) != 0 ||
      write(file.fd(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      fsync(file.fd()) != 0) {
    return Error{ErrorKind::io, path.string() + ": cannot be written"};
  }
  return {};
}

bool add_extension(X509* certificate, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool fill(X509* certificate, EVP_PKEY* key, const std::string& host, UtcTime now) {
  unsigned char serial[16];
  if (RAND_bytes(serial, sizeof serial) != 1) return false;
  serial[0] &= 0x7f;
  const std::unique_ptr<BIGNUM, FreeWith<BN_free>> number(BN_bin2bn(serial, sizeof serial, nullptr));
  const std::time_t start = std::chrono::system_clock::to_time_t(
      std::chrono::time_point_cast<std::chrono::system_clock::duration>(now));
  constexpr long kDay = 24 * 3600;
  X509_NAME* name = X509_get_subject_name(certificate);
  return X509_set_version(certificate, 2) == 1 && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) &&
         X509_time_adj_ex(X509_getm_notBefore(certificate), -1, 0, const_cast<std::time_t*>(&start)) &&
         X509_time_adj_ex(X509_getm_notAfter(certificate), 730, kDay - 1, const_cast<std::time_t*>(&start)) &&
         X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(host.c_str()),
                                    -1, -1, 0) == 1 &&
         X509_set_issuer_name(certificate, name) == 1 && X509_set_pubkey(certificate, key) == 1 &&
         add_extension(certificate, NID_subject_alt_name, "DNS:" + host) &&
         add_extension(certificate, NID_ext_key_usage, "serverAuth") &&
         X509_sign(certificate, key, EVP_sha256()) > 0;
}

void describe(X509* certificate, PemIdentity& out) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  std::tm end{};
  if (X509_digest(certificate, EVP_sha256(), digest, &size) != 1) std::abort();
  for (unsigned i = 0; i < size; ++i) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", digest[i]);
    out.fingerprint += digits;
  }
  if (const char* kind = EVP_PKEY_get0_type_name(X509_get0_pubkey(certificate))) out.key_kind = kind;
  // A time that OpenSSL cannot read counts as over.
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) == 1) {
    out.not_after = UtcTime(std::chrono::seconds(timegm(&end)));
  }
}

}  // namespace

Result<PemIdentity> load_identity(const std::filesystem::path& certificate, const std::filesystem::path& private_key) {
  PemIdentity out;
  out.certificate = TRY(read_file(certificate));
  std::string key_text = TRY(read_file(private_key));
  out.private_key = Secret::from_text(key_text);
  const Certificate parsed(PEM_read_bio_X509(reader_of(out.certificate).get(), nullptr, nullptr, nullptr));
  const Key key(PEM_read_bio_PrivateKey(reader_of(key_text).get(), nullptr, nullptr, nullptr));
  wipe_memory(key_text.data(), key_text.size());
  if (!parsed) return Error{ErrorKind::invalid, certificate.string() + ": holds no PEM certificate"};
  if (!key) return Error{ErrorKind::invalid, private_key.string() + ": holds no PEM private key without passphrase"};
  if (X509_check_private_key(parsed.get(), key.get()) != 1) {
    return Error{ErrorKind::invalid, private_key.string() + " is not the key of " + certificate.string()};
  }
  describe(parsed.get(), out);
  return out;
}

Result<PemIdentity> load_pkcs12(const std::filesystem::path& file, const std::filesystem::path& password) {
  const std::string bytes = TRY(read_file(file));
  std::string word = password.empty() ? std::string() : TRY(read_file(password));
  word.resize(std::min(word.size(), word.find_first_of("\r\n")));
  const std::unique_ptr<PKCS12, FreeWith<PKCS12_free>> parsed(d2i_PKCS12_bio(reader_of(bytes).get(), nullptr));
  EVP_PKEY* raw_key = nullptr;
  X509* raw_certificate = nullptr;
  STACK_OF(X509)* raw_chain = nullptr;
  const bool opened = parsed && PKCS12_parse(parsed.get(), word.c_str(), &raw_key, &raw_certificate, &raw_chain) == 1;
  wipe_memory(word.data(), word.size());
  const Key key(raw_key);
  const Certificate certificate(raw_certificate);
  const Chain chain(raw_chain);
  if (!parsed) return Error{ErrorKind::invalid, file.string() + ": is no PKCS#12 file"};
  if (!opened) {
    return Error{ErrorKind::invalid, file.string() + ": cannot be opened; is the password right, and was it exported "
                                         "with AES-256 (older encryption is not read)?"};
  }
  if (!key || !certificate) return Error{ErrorKind::invalid, file.string() + ": holds no certificate with its key"};
  const Bio certificates(BIO_new(BIO_s_mem())), key_text(BIO_new(BIO_s_secmem()));
  bool written = PEM_write_bio_X509(certificates.get(), certificate.get()) == 1 &&
                 PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1;
  for (int i = 0; chain && i < sk_X509_num(chain.get()); ++i) {
    written = written && PEM_write_bio_X509(certificates.get(), sk_X509_value(chain.get(), i)) == 1;
  }
  if (!written) return Error{ErrorKind::invalid, file.string() + ": cannot be written as PEM"};
  PemIdentity out;
  out.certificate = text_of(certificates.get());
  std::string secret = text_of(key_text.get());
  out.private_key = Secret::from_text(secret);
  wipe_memory(secret.data(), secret.size());
  describe(certificate.get(), out);
  return out;
}

Result<PemIdentity> load_configured_identity(const std::filesystem::path& certificate, const std::filesystem::path& private_key,
                                             const std::filesystem::path& pkcs12, const std::filesystem::path& pkcs12_password) {
  return pkcs12.empty() ? load_identity(certificate, private_key) : load_pkcs12(pkcs12, pkcs12_password);
}

Result<void> make_self_signed(const std::filesystem::path& certificate, const std::filesystem::path& private_key,
                              const std::string& host, UtcTime now) {
  const Key key(EVP_RSA_gen(2048));
  const Certificate made(X509_new());
  const Bio certificate_text(BIO_new(BIO_s_mem())), key_text(BIO_new(BIO_s_secmem()));
  if (!key || !made || !fill(made.get(), key.get(), host, now) ||
      PEM_write_bio_X509(certificate_text.get(), made.get()) != 1 ||
      PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return Error{ErrorKind::io, "OpenSSL could not make a self-signed certificate for " + host};
  }
  std::string secret = text_of(key_text.get());
  const Result<void> written = write_file(private_key, secret, 0600);
  wipe_memory(secret.data(), secret.size());
  TRY(written);
  return write_file(certificate, text_of(certificate_text.get()), 0644);
}

}  // namespace frostgate::crypto
