#include "gateway/crypto/remote_key.h"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/provider.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <string_view>

#include "gateway/crypto/signature_scheme.h"

namespace frostgate::crypto {
namespace {

// A provider of OpenSSL 3 (provider-keymgmt(7), provider-signature(7)) with keys of which the public half is known, and one signature. It alone is in a library
// context of its own, so that nobody gets one of its keys who did not get it from here. A provider it is because a signature of the older interfaces is told a
// digest, and the one who signs is to see what.
constexpr const char* kName = "frostgate";
constexpr const char* kSignature = "FROSTGATE-HANDSHAKE";  // a name that the other providers do not have: OpenSSL asks them first
constexpr const char* kIdentity = "identity";

struct RemoteKey {
  Key public_key;
  AskSignature sign;
};

void* new_key(void* /*provider*/) { return new (std::nothrow) RemoteKey; }
void free_key(void* key) { delete static_cast<RemoteKey*>(key); }
int has(const void* /*key*/, int /*selection*/) { return 1; }

// By parts_of() alone.
const OSSL_PARAM* import_types(int /*selection*/) {
  static const OSSL_PARAM types[] = {OSSL_PARAM_octet_ptr(kIdentity, nullptr, 0), OSSL_PARAM_END};
  return types;
}

int import_key(void* key, int /*selection*/, const OSSL_PARAM params[]) {
  const OSSL_PARAM* found = OSSL_PARAM_locate_const(params, kIdentity);
  const void* made = nullptr;
  std::size_t size = 0;
  if (!found || OSSL_PARAM_get_octet_ptr(found, &made, &size) != 1 || size != sizeof(RemoteKey)) return 0;
  *static_cast<RemoteKey*>(key) = std::move(*static_cast<RemoteKey*>(const_cast<void*>(made)));
  return 1;
}

// For comparing it with a certificate's.
const OSSL_PARAM* export_types(int /*selection*/) {
  static const OSSL_PARAM none[] = {OSSL_PARAM_END};
  return none;
}

int export_key(void* key, int selection, OSSL_CALLBACK* take, void* argument) {
  if (selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) return 0;
  return EVP_PKEY_export(static_cast<RemoteKey*>(key)->public_key.get(), selection, take, argument);
}

int tell(void* key, OSSL_PARAM params[]) { return EVP_PKEY_get_params(static_cast<RemoteKey*>(key)->public_key.get(), params); }

const OSSL_PARAM* told(void* /*provider*/) {
  static const OSSL_PARAM what[] = {OSSL_PARAM_int(OSSL_PKEY_PARAM_BITS, nullptr), OSSL_PARAM_int(OSSL_PKEY_PARAM_SECURITY_BITS, nullptr),
                                    OSSL_PARAM_int(OSSL_PKEY_PARAM_MAX_SIZE, nullptr), OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, nullptr, 0), OSSL_PARAM_END};
  return what;
}

const char* operation_name(int operation) { return operation == OSSL_OP_SIGNATURE ? kSignature : nullptr; }

// One signature on its way.
struct Signing {
  const RemoteKey* key = nullptr;
  const char* digest = nullptr;  // as signature_scheme.h calls it
  bool pss = false;

  const SignatureScheme* scheme() const {
    return find_scheme([this](const SignatureScheme& one) {
      const bool same_digest = digest == one.digest || (digest && one.digest && std::string_view(digest) == one.digest);
      return same_digest && pss == one.pss && EVP_PKEY_is_a(key->public_key.get(), one.key) == 1;
    });
  }
};

void* new_signing(void* /*provider*/, const char* /*properties*/) { return new (std::nothrow) Signing; }
void free_signing(void* signing) { delete static_cast<Signing*>(signing); }

int set_params(void* signing, const OSSL_PARAM params[]) {
  auto& of = *static_cast<Signing*>(signing);
  if (const OSSL_PARAM* padding = OSSL_PARAM_locate_const(params, OSSL_SIGNATURE_PARAM_PAD_MODE)) {
    int mode = 0;
    if (OSSL_PARAM_get_int(padding, &mode) != 1 || (mode != RSA_PKCS1_PADDING && mode != RSA_PKCS1_PSS_PADDING)) return 0;
    of.pss = mode == RSA_PKCS1_PSS_PADDING;
  }
  if (const OSSL_PARAM* salt = OSSL_PARAM_locate_const(params, OSSL_SIGNATURE_PARAM_PSS_SALTLEN)) {
    const char* length = nullptr;
    if (OSSL_PARAM_get_utf8_string_ptr(salt, &length) != 1 || std::string_view(length) != OSSL_PKEY_RSA_PSS_SALT_LEN_DIGEST) return 0;
  }
  return 1;
}

const OSSL_PARAM* settable(void* /*signing*/, void* /*provider*/) {
  static const OSSL_PARAM what[] = {OSSL_PARAM_int(OSSL_SIGNATURE_PARAM_PAD_MODE, nullptr), OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_PSS_SALTLEN, nullptr, 0),
                                    OSSL_PARAM_END};
  return what;
}

// The digest by the name that the schemes have for it; null: they have it not.
const char* name_of(const char* digest) {
  const std::unique_ptr<EVP_MD, FreeWith<EVP_MD_free>> known(EVP_MD_fetch(nullptr, digest, nullptr));
  const SignatureScheme* with = find_scheme([&](const SignatureScheme& one) { return known && one.digest && EVP_MD_is_a(known.get(), one.digest) == 1; });
  return with ? with->digest : nullptr;
}

int begin_signing(void* signing, const char* digest, void* key, const OSSL_PARAM params[]) {
  auto& of = *static_cast<Signing*>(signing);
  const bool named = digest && *digest;
  of = {static_cast<const RemoteKey*>(key), named ? name_of(digest) : nullptr};
  if (named && !of.digest) return 0;
  return params ? set_params(signing, params) : 1;
}

int sign(void* signing, unsigned char* out, size_t* size, size_t room, const unsigned char* content, size_t content_size) {
  const auto& of = *static_cast<const Signing*>(signing);
  const SignatureScheme* scheme = of.scheme();
  if (!scheme) return 0;
  if (!out) {
    *size = static_cast<std::size_t>(std::max(EVP_PKEY_get_size(of.key->public_key.get()), 0));
    return *size > 0;
  }
  const Result<std::vector<std::byte>> signature = of.key->sign(scheme->number, std::as_bytes(std::span(content, content_size)));
  end_server_random();
  if (!signature || signature.value().size() > room) return 0;
  *size = signature.value().size();
  std::memcpy(out, signature.value().data(), *size);
  return 1;
}

template <class Function>
constexpr auto entry(int id, Function* function) {
  return OSSL_DISPATCH{id, reinterpret_cast<void (*)()>(function)};
}

const OSSL_ALGORITHM* query(void* /*provider*/, int operation, int* no_cache) {
  static const OSSL_DISPATCH of_keys[] = {entry(OSSL_FUNC_KEYMGMT_NEW, new_key), entry(OSSL_FUNC_KEYMGMT_FREE, free_key), entry(OSSL_FUNC_KEYMGMT_HAS, has),
                                          entry(OSSL_FUNC_KEYMGMT_IMPORT, import_key), entry(OSSL_FUNC_KEYMGMT_IMPORT_TYPES, import_types),
                                          entry(OSSL_FUNC_KEYMGMT_EXPORT, export_key), entry(OSSL_FUNC_KEYMGMT_EXPORT_TYPES, export_types),
                                          entry(OSSL_FUNC_KEYMGMT_GET_PARAMS, tell), entry(OSSL_FUNC_KEYMGMT_GETTABLE_PARAMS, told),
                                          entry(OSSL_FUNC_KEYMGMT_QUERY_OPERATION_NAME, operation_name), {0, nullptr}};
  static const OSSL_DISPATCH of_signatures[] = {entry(OSSL_FUNC_SIGNATURE_NEWCTX, new_signing), entry(OSSL_FUNC_SIGNATURE_FREECTX, free_signing),
                                                entry(OSSL_FUNC_SIGNATURE_DIGEST_SIGN_INIT, begin_signing), entry(OSSL_FUNC_SIGNATURE_DIGEST_SIGN, sign),
                                                entry(OSSL_FUNC_SIGNATURE_SET_CTX_PARAMS, set_params), entry(OSSL_FUNC_SIGNATURE_SETTABLE_CTX_PARAMS, settable),
                                                {0, nullptr}};
  constexpr const char* kProperties = "provider=frostgate";
  // The names that EVP_PKEY_is_a() is asked for, and those that OpenSSL has for the same.
  static const OSSL_ALGORITHM keys[] = {{"RSA:rsaEncryption", kProperties, of_keys, nullptr}, {"RSA-PSS:RSASSA-PSS", kProperties, of_keys, nullptr},
                                        {"EC:id-ecPublicKey", kProperties, of_keys, nullptr}, {"ED25519", kProperties, of_keys, nullptr},
                                        {"ED448", kProperties, of_keys, nullptr},             {nullptr, nullptr, nullptr, nullptr}};
  static const OSSL_ALGORITHM signatures[] = {{kSignature, kProperties, of_signatures, nullptr}, {nullptr, nullptr, nullptr, nullptr}};
  *no_cache = 0;
  if (operation == OSSL_OP_KEYMGMT) return keys;
  return operation == OSSL_OP_SIGNATURE ? signatures : nullptr;
}

int begin_provider(const OSSL_CORE_HANDLE* /*core*/, const OSSL_DISPATCH* /*offers*/, const OSSL_DISPATCH** out, void** provider) {
  static const OSSL_DISPATCH functions[] = {entry(OSSL_FUNC_PROVIDER_QUERY_OPERATION, query), {0, nullptr}};
  static char nothing;
  *out = functions;
  *provider = &nothing;
  return 1;
}

// Lives as long as the process: OpenSSL's own end comes after ours.
OSSL_LIB_CTX* library() {
  static OSSL_LIB_CTX* const own = [] {
    OSSL_LIB_CTX* made = OSSL_LIB_CTX_new();
    return made && OSSL_PROVIDER_add_builtin(made, kName, begin_provider) == 1 && OSSL_PROVIDER_load(made, kName) ? made : nullptr;
  }();
  return own;
}

}  // namespace

Result<IdentityParts> parts_of(const ServerIdentity& identity) {
  const Error unusable{ErrorKind::invalid, "the gateway's certificate cannot be used for TLS"};
  const Bio text = reader_of(identity.certificate);
  IdentityParts out{Certificate(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr)), Chain(sk_X509_new_null()), nullptr};
  RemoteKey made{Key(out.certificate ? X509_get_pubkey(out.certificate.get()) : nullptr), identity.sign};
  if (!made.public_key || !out.behind || !library()) return unusable;
  while (X509* next = PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr)) {
    if (sk_X509_push(out.behind.get(), next) == 0) return X509_free(next), unusable;
  }
  ERR_clear_error();
  const std::unique_ptr<EVP_PKEY_CTX, FreeWith<EVP_PKEY_CTX_free>> maker(EVP_PKEY_CTX_new_from_name(library(), EVP_PKEY_get0_type_name(made.public_key.get()), nullptr));
  void* place = &made;
  OSSL_PARAM params[] = {OSSL_PARAM_construct_octet_ptr(kIdentity, &place, sizeof made), OSSL_PARAM_construct_end()};
  EVP_PKEY* key = nullptr;
  if (!maker || EVP_PKEY_fromdata_init(maker.get()) != 1 || EVP_PKEY_fromdata(maker.get(), &key, EVP_PKEY_KEYPAIR, params) != 1) return unusable;
  out.key.reset(key);
  return out;
}

bool restrict_server(SSL* server) {
  return SSL_set_min_proto_version(server, TLS1_2_VERSION) == 1 && SSL_set_cipher_list(server, "DEFAULT:!kRSA:!kPSK:!kSRP") == 1 &&
         SSL_set1_groups_list(server, "X25519:P-256:P-384") == 1;
}

}  // namespace frostgate::crypto
