#include "gateway/crypto/web_socket_key.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

namespace frostgate::crypto {

Result<std::string> web_socket_accept(const std::string& key) {
  constexpr std::size_t kKeySize = 24;
  std::array<unsigned char, kKeySize> decoded;
  const auto* text = reinterpret_cast<const unsigned char*>(key.data());
  const bool shaped = key.size() == kKeySize && key.ends_with("==") && std::count(key.begin(), key.end(), '=') == 2;
  if (!shaped || EVP_DecodeBlock(decoded.data(), text, kKeySize) != 18) return Error{ErrorKind::invalid, "this is no WebSocket's key"};
  const std::string all = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  if (EVP_Digest(all.data(), all.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1) return Error{ErrorKind::unsupported, "there is no SHA-1"};
  std::string out(28, '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), digest.data(), static_cast<int>(size));
  return out;
}

}  // namespace frostgate::crypto
