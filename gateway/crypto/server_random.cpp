// The random of a TLS server (RFC 5246 7.4.1.3), which libssl draws from libcrypto's exported RAND_bytes_ex(): how its beginning comes to be the signer's nonce
// (handshake_signature.h). Takes the symbol's place for every library of the process, and calls it. A session's id is as long, is drawn the same way and then
// begins the same; it has to be neither secret nor unlike. Where libssl should draw otherwise one day, nothing is signed.
#include <dlfcn.h>
#include <openssl/rand.h>

#include <cstring>
#include <optional>

#include "gateway/crypto/remote_key.h"

namespace frostgate::crypto {
namespace {

constexpr std::size_t kServerRandom = 32;
thread_local std::optional<HandshakeNonce> beginning;

}  // namespace

void begin_server_random(const HandshakeNonce& nonce) { beginning = nonce; }

void end_server_random() { beginning.reset(); }

}  // namespace frostgate::crypto

extern "C" int RAND_bytes_ex(OSSL_LIB_CTX* library, unsigned char* out, size_t size, unsigned int strength) {
  static const auto real = reinterpret_cast<decltype(&RAND_bytes_ex)>(dlsym(RTLD_NEXT, "RAND_bytes_ex"));
  const int drawn = real ? real(library, out, size, strength) : 0;
  const auto& begins = frostgate::crypto::beginning;
  if (drawn == 1 && begins && size == frostgate::crypto::kServerRandom) std::memcpy(out, begins->data(), begins->size());
  return drawn;
}
