#include "storage/crypto/random.h"

#include <openssl/rand.h>

#include "storage/crypto/aead.h"
#include "storage/crypto/openssl_handles.h"

namespace frostgate::storage {

Result<void> random_bytes(std::span<std::byte> out) {
  require(out.size() <= kMaxSealBytes);
  if (RAND_bytes(as_unsigned(out.data()), static_cast<int>(out.size())) != 1) {
    return Error{ErrorKind::unavailable, "the operating system gives no random bytes"};
  }
  return {};
}

Result<Secret> new_data_key() {
  Secret key(kKeyBytes);
  TRY(random_bytes(key.bytes()));
  return key;
}

}  // namespace frostgate::storage
