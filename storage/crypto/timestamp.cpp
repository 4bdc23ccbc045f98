#include "storage/crypto/timestamp.h"

#include <openssl/err.h>
#include <openssl/ts.h>

#include <array>
#include <ctime>

#include "storage/byte_order.h"
#include "storage/crypto/certificates.h"
#include "storage/crypto/hash.h"
#include "storage/crypto/random.h"

namespace frostgate::storage {

namespace {

using Request = std::unique_ptr<TS_REQ, FreeWith<TS_REQ_free>>;
using Response = std::unique_ptr<TS_RESP, FreeWith<TS_RESP_free>>;
using Imprint = std::unique_ptr<TS_MSG_IMPRINT, FreeWith<TS_MSG_IMPRINT_free>>;
using Algorithm = std::unique_ptr<X509_ALGOR, FreeWith<X509_ALGOR_free>>;
using Store = std::unique_ptr<X509_STORE, FreeWith<X509_STORE_free>>;
using Verification = std::unique_ptr<TS_VERIFY_CTX, FreeWith<TS_VERIFY_CTX_free>>;

// The reason in OpenSSL's words.
std::string reason() {
  const char* text = ERR_reason_error_string(ERR_peek_last_error());
  const std::string out = text ? text : "unknown";
  ERR_clear_error();
  return out;
}

Error does_not_hold(const std::string& why) { return {ErrorKind::corrupt, "the time-stamp does not hold: " + why}; }

template <class T, class Parse>
T* from_der(std::span<const std::byte> der, Parse parse) {
  const unsigned char* at = as_unsigned(der.data());
  T* object = parse(nullptr, &at, static_cast<long>(der.size()));
  if (object && at == as_unsigned(der.data()) + der.size()) return object;
  return nullptr;
}

Result<Store> store_of(std::string_view trusted_pem, std::time_t moment) {
  const std::vector<Certificate> trusted = TRY(read_certificates(bytes_of(trusted_pem)));
  Store store(X509_STORE_new());
  require(store != nullptr);
  for (const Certificate& certificate : trusted) require(X509_STORE_add_cert(store.get(), certificate.get()) == 1);
  X509_VERIFY_PARAM* parameters = X509_STORE_get0_param(store.get());
  X509_VERIFY_PARAM_set_time(parameters, moment);
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
  return store;
}

// The subject of the certificate that signed the token.
std::string signer_of(PKCS7* token) {
  const CertificateStack signers(PKCS7_get0_signers(token, nullptr, 0));
  return signers && sk_X509_num(signers.get()) == 1 ? subject_of(sk_X509_value(signers.get(), 0)) : "";
}

}  // namespace

Result<std::vector<std::byte>> timestamp_request(std::span<const std::byte> data) {
  Sha256Digest digest = Sha256::of(data);
  std::array<std::byte, 8> noise{};
  TRY(random_bytes(noise));
  noise[0] &= std::byte{0x7f};
  const Request request(TS_REQ_new());
  const Imprint imprint(TS_MSG_IMPRINT_new());
  const Algorithm algorithm(X509_ALGOR_new());
  const std::unique_ptr<BIGNUM, FreeWith<BN_free>> number(BN_bin2bn(as_unsigned(noise.data()), noise.size(), nullptr));
  const std::unique_ptr<ASN1_INTEGER, FreeWith<ASN1_INTEGER_free>> nonce(BN_to_ASN1_INTEGER(number.get(), nullptr));
  require(request && imprint && algorithm && nonce);
  require(X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_sha256), V_ASN1_NULL, nullptr) == 1 &&
          TS_MSG_IMPRINT_set_algo(imprint.get(), algorithm.get()) == 1 &&
          TS_MSG_IMPRINT_set_msg(imprint.get(), as_unsigned(digest.data()), static_cast<int>(digest.size())) == 1 &&
          TS_REQ_set_version(request.get(), 1) == 1 && TS_REQ_set_msg_imprint(request.get(), imprint.get()) == 1 &&
          TS_REQ_set_nonce(request.get(), nonce.get()) == 1 && TS_REQ_set_cert_req(request.get(), 1) == 1);
  return to_der(request.get(), i2d_TS_REQ);
}

Result<Timestamp> check_timestamp(std::span<const std::byte> data, std::span<const std::byte> response_der,
                                  std::string_view trusted_pem, std::optional<std::span<const std::byte>> request_der) {
  const Response response(from_der<TS_RESP>(response_der, d2i_TS_RESP));
  if (!response) {
    ERR_clear_error();
    return does_not_hold("it is no response of a time-stamp authority");
  }
  TS_TST_INFO* info = TS_RESP_get_tst_info(response.get());
  if (!info) return Error{ErrorKind::denied, "the time-stamp authority refused to stamp"};
  std::tm parts{};
  if (ASN1_TIME_to_tm(TS_TST_INFO_get_time(info), &parts) != 1) return does_not_hold("its time makes no sense");
  const std::time_t moment = timegm(&parts);

  const Verification context(TS_VERIFY_CTX_new());
  require(context != nullptr);
  if (request_der) {
    const Request request(from_der<TS_REQ>(*request_der, d2i_TS_REQ));
    if (!request || !TS_REQ_to_TS_VERIFY_CTX(request.get(), context.get())) return does_not_hold(reason());
  }
  // TS_VERIFY_CTX takes over what it is given.
  TS_VERIFY_CTX_add_flags(context.get(), TS_VFY_VERSION | TS_VFY_DATA | TS_VFY_SIGNATURE);
  TS_VERIFY_CTX_set_data(context.get(), BIO_new_mem_buf(data.data(), static_cast<int>(data.size())));
  Store store = TRY(store_of(trusted_pem, moment));
  TS_VERIFY_CTX_set_store(context.get(), store.release());
  if (TS_RESP_verify_response(context.get(), response.get()) != 1) return does_not_hold(reason());
  return Timestamp{UtcTime(std::chrono::seconds(moment)), signer_of(TS_RESP_get_token(response.get()))};
}

}  // namespace frostgate::storage
