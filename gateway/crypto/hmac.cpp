#include "gateway/crypto/hmac.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstdlib>

namespace frostgate::crypto {

std::array<std::byte, 32> hmac_sha256(std::string_view key, std::string_view text) {
  std::array<std::byte, 32> out{};
  unsigned size = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes, text.size(), reinterpret_cast<unsigned char*>(out.data()), &size) || size != out.size())
    std::abort();
  return out;
}

}  // namespace frostgate::crypto
