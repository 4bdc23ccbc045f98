#include "storage/crypto/custodian.h"

#include <openssl/asn1.h>
#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <string_view>

#include "storage/crypto/certificates.h"

namespace frostgate::storage {
namespace {

constexpr int kLeastRsaBits = 2048;

UtcTime custodian_time(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return UtcTime(std::chrono::seconds(timegm(&parts)));
}

bool strong_group(EVP_PKEY* key) {
  char name[32] = {};
  if (EVP_PKEY_get_group_name(key, name, sizeof name, nullptr) != 1) return false;
  for (const std::string_view known : {SN_X9_62_prime256v1, SN_secp384r1, SN_secp521r1}) {
    if (name == known) return true;
  }
  return false;
}

Result<void> check_custodian_key(X509* certificate, EVP_PKEY* key) {
  const int kind = EVP_PKEY_get_base_id(key);
  if (kind == EVP_PKEY_RSA && EVP_PKEY_get_bits(key) < kLeastRsaBits) {
    return Error{ErrorKind::invalid, "its RSA key of " + std::to_string(EVP_PKEY_get_bits(key)) + " bits is weak: 2048 are needed"};
  }
  if (kind == EVP_PKEY_EC && !strong_group(key)) return Error{ErrorKind::invalid, "its key is on a curve that is not P-256, P-384 or P-521"};
  if (kind != EVP_PKEY_RSA && kind != EVP_PKEY_EC) return Error{ErrorKind::invalid, "its key is neither RSA nor EC, and nothing can be enclosed for it"};
  // All bits are set when the certificate states no usage.
  const std::uint32_t wanted = kind == EVP_PKEY_RSA ? KU_KEY_ENCIPHERMENT : KU_KEY_AGREEMENT;
  if ((X509_get_key_usage(certificate) & wanted) == 0) {
    return Error{ErrorKind::invalid, std::string("its key usage does not allow ") + (kind == EVP_PKEY_RSA ? "key encipherment" : "key agreement")};
  }
  return {};
}

bool choose_parameters(CMS_RecipientInfo* recipient, EVP_PKEY* key) {
  EVP_PKEY_CTX* context = CMS_RecipientInfo_get0_pkey_ctx(recipient);
  if (!context) return false;
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC) return EVP_PKEY_CTX_set_ecdh_kdf_md(context, EVP_sha256()) == 1;
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1 && EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha256()) == 1 &&
         EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) == 1;
}

}  // namespace

struct Custodian::State {
  Certificate certificate;
  EVP_PKEY* key = nullptr;  // the certificate's
};

Custodian::Custodian(std::unique_ptr<State> state) : state_(std::move(state)) {}
Custodian::Custodian(Custodian&&) noexcept = default;
Custodian& Custodian::operator=(Custodian&&) noexcept = default;
Custodian::~Custodian() = default;

Result<Custodian> Custodian::read(std::span<const std::byte> pem) {
  std::vector<Certificate> certificates = TRY(read_certificates(pem));
  if (certificates.size() != 1) return Error{ErrorKind::invalid, "holds " + std::to_string(certificates.size()) + " certificates; expected the custodian's alone"};
  auto state = std::make_unique<State>();
  state->certificate = std::move(certificates[0]);
  state->key = X509_get0_pubkey(state->certificate.get());
  if (!state->key) {
    ERR_clear_error();
    return Error{ErrorKind::invalid, "its key cannot be read"};
  }
  TRY(check_custodian_key(state->certificate.get(), state->key));
  return Custodian(std::move(state));
}

std::string Custodian::subject() const { return subject_of(state_->certificate.get()); }
std::string Custodian::fingerprint() const { return fingerprint_of(state_->certificate.get()); }
UtcTime Custodian::valid_from() const { return custodian_time(X509_get0_notBefore(state_->certificate.get())); }
UtcTime Custodian::valid_until() const { return custodian_time(X509_get0_notAfter(state_->certificate.get())); }

Result<std::vector<std::byte>> Custodian::enclose(const Secret& content) const {
  const Error failed{ErrorKind::unavailable, "OpenSSL could not enclose a share for " + subject()};
  const unsigned flags = CMS_BINARY | CMS_PARTIAL | CMS_STREAM;
  const CmsContent cms(CMS_encrypt(nullptr, nullptr, EVP_aes_256_cbc(), flags));
  CMS_RecipientInfo* recipient = cms ? CMS_add1_recipient_cert(cms.get(), state_->certificate.get(), CMS_KEY_PARAM) : nullptr;
  const Bio plain = reader_of(content.bytes());
  if (!recipient || !choose_parameters(recipient, state_->key) || CMS_final(cms.get(), plain.get(), nullptr, CMS_BINARY) != 1) {
    ERR_clear_error();
    return failed;
  }
  return to_der(cms.get(), i2d_CMS_ContentInfo);
}

}  // namespace frostgate::storage
