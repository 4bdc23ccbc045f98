#include "storage/crypto/signature.h"

#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>

#include "codec/base/secret.h"
#include "storage/byte_order.h"
#include "storage/crypto/certificates.h"
#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"
#include "storage/crypto/random.h"

namespace frostgate::storage {

namespace {

constexpr std::uint64_t kMaxPemBytes = 1 << 20;
constexpr int kValidDays = 3652;

bool is_p256(const EVP_PKEY* key) {
  char group[32] = {};
  return EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
         EVP_PKEY_get_group_name(key, group, sizeof group, nullptr) == 1 && std::string_view(group) == SN_X9_62_prime256v1;
}

bool add_extension(X509* certificate, int id, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, FreeWith<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, &context, id, value));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool fill(X509* certificate, EVP_PKEY* key, std::string_view name, UtcTime now) {
  std::array<std::byte, 16> serial{};
  if (!random_bytes(serial)) return false;
  serial[0] &= std::byte{0x7f};
  const std::unique_ptr<BIGNUM, FreeWith<BN_free>> number(BN_bin2bn(as_unsigned(serial.data()), serial.size(), nullptr));
  std::time_t start = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  X509_NAME* subject = X509_get_subject_name(certificate);
  return X509_set_version(certificate, X509_VERSION_3) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) &&
         X509_time_adj_ex(X509_getm_notBefore(certificate), -1, 0, &start) &&
         X509_time_adj_ex(X509_getm_notAfter(certificate), kValidDays, 0, &start) &&
         X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(name.data()),
                                    static_cast<int>(name.size()), -1, 0) == 1 &&
         X509_set_issuer_name(certificate, subject) == 1 && X509_set_pubkey(certificate, key) == 1 &&
         add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
         add_extension(certificate, NID_key_usage, "critical,digitalSignature,nonRepudiation") &&
         add_extension(certificate, NID_subject_key_identifier, "hash") && X509_sign(certificate, key, EVP_sha256()) > 0;
}

Result<void> write_new(FileSystem& files, const std::filesystem::path& path, std::span<const std::byte> bytes) {
  std::unique_ptr<AppendFile> file = TRY(files.create(path));
  TRY(file->append(bytes));
  TRY(file->sync());
  return files.sync_directory(path.has_parent_path() ? path.parent_path() : ".");
}

Result<Secret> read_key_file(FileSystem& files, const std::filesystem::path& path) {
  const FileStatus status = TRY(files.status(path));
  const std::string name = "signing key " + path.string();
  if (!status.regular) return Error{ErrorKind::denied, name + " is not a regular file"};
  if (!status.owned_by_us) return Error{ErrorKind::denied, name + " belongs to another user"};
  if ((status.permissions & 077) != 0) {
    return Error{ErrorKind::denied, name + " is open to others: chmod 600 it, and consider the key known"};
  }
  std::vector<std::byte> bytes = TRY(files.read_whole(path, kMaxPemBytes));
  Secret text{std::span<const std::byte>(bytes)};
  wipe_memory(bytes.data(), bytes.size());
  return text;
}

Error changed(const char* what) {
  ERR_clear_error();
  return {ErrorKind::corrupt, std::string("the signature does not hold: ") + what};
}

// Goes through DER that OpenSSL has parsed before.
class DerWalk {
 public:
  explicit DerWalk(std::span<const std::byte> der) : at_(as_unsigned(der.data())), end_(at_ + der.size()) {}
  void enter() { step(false); }
  void skip() { step(true); }
  bool at_one() const { return end_ - at_ >= 3 && at_[0] == 2 && at_[1] == 1 && at_[2] == 1; }

 private:
  void step(bool over) {
    long size = 0;
    int tag = 0, kind = 0;
    if ((ASN1_get_object(&at_, &size, &tag, &kind, end_ - at_) & 0x80) != 0) at_ = end_;
    else if (over) at_ += size;
  }
  const unsigned char* at_;
  const unsigned char* end_;
};

// SignedData's version and its SignerInfo's (RFC 5652 5.1 and 5.3): nothing signs them, and OpenSSL does not look at them.
bool versions_are_one(std::span<const std::byte> signature) {
  DerWalk walk(signature);
  walk.enter();  // ContentInfo
  walk.skip();   // contentType
  walk.enter();  // [0]
  walk.enter();  // SignedData
  if (!walk.at_one()) return false;
  walk.skip();
  walk.skip();   // digestAlgorithms
  walk.skip();   // encapContentInfo
  walk.skip();   // certificates
  walk.enter();  // signerInfos
  walk.enter();  // SignerInfo
  return walk.at_one();
}

// What RFC 5652 leaves open is fixed here, so that no byte of a signature can be changed unseen.
bool has_our_form(CMS_ContentInfo* cms, std::span<const std::byte> signature) {
  if (to_der(cms, i2d_CMS_ContentInfo) != std::vector<std::byte>(signature.begin(), signature.end())) return false;
  if (!versions_are_one(signature)) return false;
  CMS_SignerInfo* signer = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
  X509_ALGOR* digest = nullptr;
  X509_ALGOR* algorithm = nullptr;
  CMS_SignerInfo_get0_algs(signer, nullptr, nullptr, &digest, &algorithm);
  const auto is = [](const X509_ALGOR* found, int id) {
    const ASN1_OBJECT* object = nullptr;
    X509_ALGOR_get0(&object, nullptr, nullptr, found);
    return OBJ_obj2nid(object) == id;
  };
  return is(digest, NID_sha256) && is(algorithm, NID_ecdsa_with_SHA256) && CMS_unsigned_get_attr_count(signer) <= 0 &&
         OBJ_obj2nid(CMS_get0_eContentType(cms)) == NID_pkcs7_data;
}

}  // namespace

struct SigningIdentity::State {
  PrivateKey key;
  std::vector<Certificate> chain;  // its own first
};

SigningIdentity::SigningIdentity(std::unique_ptr<State> state) : state_(std::move(state)) {}
SigningIdentity::SigningIdentity(SigningIdentity&&) noexcept = default;
SigningIdentity& SigningIdentity::operator=(SigningIdentity&&) noexcept = default;
SigningIdentity::~SigningIdentity() = default;

Result<SigningIdentity> SigningIdentity::load(FileSystem& files, const std::filesystem::path& certificate,
                                              const std::filesystem::path& private_key) {
  const Secret key_text = TRY(read_key_file(files, private_key));
  const std::vector<std::byte> pem = TRY(files.read_whole(certificate, kMaxPemBytes));
  auto state = std::make_unique<State>();
  Result<std::vector<Certificate>> chain = read_certificates(pem);
  if (!chain) return chain.error().within(certificate.string());
  state->chain = std::move(*chain);
  state->key.reset(PEM_read_bio_PrivateKey(reader_of(key_text.bytes()).get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  if (!state->key || !is_p256(state->key.get())) {
    return Error{ErrorKind::invalid, private_key.string() + " holds no PEM private key on P-256 without passphrase"};
  }
  if (X509_check_private_key(state->chain.front().get(), state->key.get()) != 1) {
    ERR_clear_error();
    return Error{ErrorKind::invalid, private_key.string() + " is not the key of " + certificate.string()};
  }
  return SigningIdentity(std::move(state));
}

Result<void> SigningIdentity::make(FileSystem& files, const std::filesystem::path& certificate,
                                   const std::filesystem::path& private_key, std::string_view name, UtcTime now) {
  const PrivateKey key(EVP_EC_gen("P-256"));
  const Certificate made(X509_new());
  const Bio certificate_text(BIO_new(BIO_s_mem())), key_text(BIO_new(BIO_s_secmem()));
  if (!key || !made || !fill(made.get(), key.get(), name, now) ||
      PEM_write_bio_X509(certificate_text.get(), made.get()) != 1 ||
      PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    ERR_clear_error();
    return Error{ErrorKind::io, "OpenSSL could not make a signing key"};
  }
  const Result<void> gone = files.remove(private_key);
  if (!gone && gone.error().kind != ErrorKind::not_found) return gone.error();
  TRY(write_new(files, private_key, contents_of(key_text.get())));
  return write_new(files, certificate, contents_of(certificate_text.get()));
}

Result<std::vector<std::byte>> SigningIdentity::sign(std::span<const std::byte> content, UtcTime now) const {
  constexpr unsigned kFlags = CMS_DETACHED | CMS_BINARY | CMS_NOSMIMECAP;
  const CertificateStack others(sk_X509_new_null());
  for (std::size_t i = 1; i < state_->chain.size(); ++i) sk_X509_push(others.get(), state_->chain[i].get());
  const CmsContent cms(CMS_sign(nullptr, nullptr, others.get(), nullptr, kFlags | CMS_PARTIAL));
  CMS_SignerInfo* signer =
      cms ? CMS_add1_signer(cms.get(), state_->chain.front().get(), state_->key.get(), EVP_sha256(), kFlags | CMS_PARTIAL | CMS_CADES)
          : nullptr;
  const std::unique_ptr<ASN1_TIME, FreeWith<ASN1_TIME_free>> time(
      ASN1_TIME_set(nullptr, std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count()));
  const Bio data = reader_of(content);
  // Without a signing time of ours OpenSSL would read the clock.
  if (!signer || !time ||
      CMS_signed_add1_attr_by_NID(signer, NID_pkcs9_signingTime, time->type, time.get(), -1) != 1 ||
      CMS_final(cms.get(), data.get(), nullptr, kFlags) != 1) {
    ERR_clear_error();
    return Error{ErrorKind::io, "OpenSSL could not sign"};
  }
  return to_der(cms.get(), i2d_CMS_ContentInfo);
}

std::string SigningIdentity::fingerprint() const { return fingerprint_of(state_->chain.front().get()); }

std::string SigningIdentity::certificate_pem() const {
  const Bio out(BIO_new(BIO_s_mem()));
  for (const Certificate& certificate : state_->chain) require(PEM_write_bio_X509(out.get(), certificate.get()) == 1);
  const auto bytes = contents_of(out.get());
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Result<SignatureFacts> check_signature(std::span<const std::byte> content, std::span<const std::byte> signature) {
  const unsigned char* at = as_unsigned(signature.data());
  const CmsContent cms(d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(signature.size())));
  if (!cms || at != as_unsigned(signature.data()) + signature.size()) return changed("it is no CMS signature");
  if (OBJ_obj2nid(CMS_get0_type(cms.get())) != NID_pkcs7_signed || CMS_is_detached(cms.get()) != 1 ||
      sk_CMS_SignerInfo_num(CMS_get0_SignerInfos(cms.get())) != 1) {
    return changed("it is not a detached signature by one signer");
  }
  if (!has_our_form(cms.get(), signature)) return changed("it has another form than Frostgate's signatures");
  // Behind a filter: CMS_verify makes a second reader of a bare memory BIO, and on some errors loses it (OpenSSL 3.0).
  const Bio data(BIO_push(BIO_new(BIO_f_null()), reader_of(content).release()));
  if (CMS_verify(cms.get(), nullptr, nullptr, data.get(), nullptr, CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) != 1) {
    return changed("the content is not what was signed, or the signature was changed");
  }
  const std::unique_ptr<STACK_OF(X509), FreeStack> signers(CMS_get0_signers(cms.get()));
  if (!signers || sk_X509_num(signers.get()) != 1) return changed("its certificate is missing");
  X509* certificate = sk_X509_value(signers.get(), 0);
  // OpenSSL finds the certificate by its issuer's name without regard to case.
  ASN1_OCTET_STRING* key_id = nullptr;
  X509_NAME* issuer = nullptr;
  ASN1_INTEGER* serial = nullptr;
  CMS_SignerInfo_get0_signer_id(sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms.get()), 0), &key_id, &issuer, &serial);
  if (!issuer || to_der(issuer, i2d_X509_NAME) != to_der(X509_get_issuer_name(certificate), i2d_X509_NAME)) {
    return changed("it names its certificate in another way");
  }
  return SignatureFacts{fingerprint_of(certificate), subject_of(certificate)};
}

Result<std::vector<std::string>> fingerprints_of(std::string_view certificates_pem) {
  const std::vector<Certificate> certificates = TRY(read_certificates(bytes_of(certificates_pem)));
  std::vector<std::string> fingerprints;
  for (const Certificate& certificate : certificates) fingerprints.push_back(fingerprint_of(certificate.get()));
  return fingerprints;
}

}  // namespace frostgate::storage
