#include "gateway/crypto/server_chain.h"

#include <dlfcn.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <memory>
#include <vector>

#include "codec/base/free_with.h"

namespace frostgate::crypto {
namespace {

using Certificate = std::unique_ptr<X509, FreeWith<X509_free>>;

// Of the process, as what it stands in for is.
std::vector<Certificate>& others() {
  static std::vector<Certificate> list;
  return list;
}

}  // namespace

void send_behind_certificate(const std::string& chain) {
  others().clear();
  const std::unique_ptr<BIO, FreeWith<BIO_free_all>> text(BIO_new_mem_buf(chain.data(), static_cast<int>(chain.size())));
  for (bool first = true; text; first = false) {
    Certificate next(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
    if (!next) break;
    if (!first) others().push_back(std::move(next));
  }
  ERR_clear_error();
}

}  // namespace frostgate::crypto

// Takes the place of OpenSSL's own for every library of the process, and calls it.
extern "C" int SSL_use_certificate(SSL* ssl, X509* leaf) {
  using Function = int (*)(SSL*, X509*);
  static const auto real = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "SSL_use_certificate"));
  const int taken = real ? real(ssl, leaf) : 0;
  if (taken != 1) return taken;
  for (const auto& certificate : frostgate::crypto::others()) SSL_add1_chain_cert(ssl, certificate.get());
  return taken;
}
