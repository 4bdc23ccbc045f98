#include "gateway/crypto/library_server.h"

#include <dlfcn.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <string_view>

#include "gateway/crypto/remote_key.h"

namespace frostgate::crypto {
namespace {

// Of the process, as what it stands in for is.
IdentityParts& of_servers() {
  static IdentityParts parts;
  return parts;
}
HandshakeNonce of_their_random;

bool stands_for_key(BIO* text) {
  if (BIO_method_type(text) != BIO_TYPE_MEM) return false;
  char* data = nullptr;
  const long size = BIO_get_mem_data(text, &data);
  return size > 0 && std::string_view(data, static_cast<std::size_t>(size)) == kKeyIsElsewhere;
}

}  // namespace

Result<void> identify_servers(const ServerIdentity& identity) {
  of_servers() = TRY(parts_of(identity));
  of_their_random = identity.nonce;
  return {};
}

}  // namespace frostgate::crypto

// These take the place of OpenSSL's own for every library of the process, and call them.
extern "C" {

EVP_PKEY* PEM_read_bio_PrivateKey(BIO* text, EVP_PKEY** into, pem_password_cb* ask, void* argument) {
  using namespace frostgate::crypto;
  static const auto real = reinterpret_cast<decltype(&PEM_read_bio_PrivateKey)>(dlsym(RTLD_NEXT, "PEM_read_bio_PrivateKey"));
  EVP_PKEY* const elsewhere = of_servers().key.get();
  if (!elsewhere || !stands_for_key(text)) return real ? real(text, into, ask, argument) : nullptr;
  begin_server_random(of_their_random);
  EVP_PKEY_up_ref(elsewhere);
  return elsewhere;
}

int SSL_use_certificate(SSL* ssl, X509* leaf) {
  using namespace frostgate::crypto;
  static const auto real = reinterpret_cast<decltype(&SSL_use_certificate)>(dlsym(RTLD_NEXT, "SSL_use_certificate"));
  const int taken = real && restrict_server(ssl) ? real(ssl, leaf) : 0;
  return taken == 1 && of_servers().behind ? static_cast<int>(SSL_set1_chain(ssl, of_servers().behind.get())) : taken;
}
}
