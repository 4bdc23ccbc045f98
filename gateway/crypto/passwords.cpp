#include "gateway/crypto/passwords.h"

#include <openssl/evp.h>
#include <sodium.h>

#include <cstdlib>
#include <memory>

namespace frostgate::crypto {
namespace {

constexpr unsigned long long kOperations = 3;
constexpr std::size_t kMemory = 64 << 20;

void need_sodium() {
  if (sodium_init() < 0) std::abort();
}

std::byte reversed_bits(std::byte value) {
  unsigned in = std::to_integer<unsigned>(value), out = 0;
  for (int i = 0; i < 8; ++i) out |= ((in >> i) & 1u) << (7 - i);
  return static_cast<std::byte>(out);
}

// libsodium wants an address even for no bytes.
const char* address_of(const Secret& password) { return password.empty() ? "" : password.text().data(); }

}  // namespace

Result<std::string> hash_password(const Secret& password) {
  need_sodium();
  char out[crypto_pwhash_STRBYTES];
  if (crypto_pwhash_str(out, address_of(password), password.size(), kOperations, kMemory) != 0) {
    return Error{ErrorKind::unavailable, "not enough memory to hash a password (64 MiB)"};
  }
  return std::string(out);
}

bool check_password(const Secret& password, const std::string& hash) {
  need_sodium();
  // Where there is no hash: salt and tag are made up, so that it costs the same, the first time too, and nothing matches.
  static const std::string decoy = "$argon2id$v=19$m=" + std::to_string(kMemory / 1024) + ",t=" + std::to_string(kOperations) +
                                   ",p=1$bm9ib2R5J3Mgc2FsdA$bm9ib2R5IGtub3dzIGEgcGFzc3dvcmQgZm9yIHRoaXM";
  const std::string& against = hash.empty() ? decoy : hash;
  const bool same = crypto_pwhash_str_verify(against.c_str(), address_of(password), password.size()) == 0;
  return same && !hash.empty() && !password.empty();
}

std::array<std::byte, 16> vnc_response(std::span<const std::byte, 16> challenge, std::string_view password) {
  // OpenSSL 3 keeps single DES in its legacy provider; EDE with three equal keys is the same function.
  std::array<std::byte, 24> key{};
  for (std::size_t i = 0; i < 8 && i < password.size(); ++i) {
    const std::byte reversed = reversed_bits(static_cast<std::byte>(password[i]));
    key[i] = key[i + 8] = key[i + 16] = reversed;
  }
  std::array<std::byte, 16> response{};
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(),
                                                                                &EVP_CIPHER_CTX_free);
  int written = 0;
  const bool done =
      context && EVP_EncryptInit_ex(context.get(), EVP_des_ede3_ecb(), nullptr,
                                    reinterpret_cast<const unsigned char*>(key.data()), nullptr) == 1 &&
      EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1 &&
      EVP_EncryptUpdate(context.get(), reinterpret_cast<unsigned char*>(response.data()), &written,
                        reinterpret_cast<const unsigned char*>(challenge.data()), 16) == 1 &&
      written == 16;
  wipe_memory(key.data(), key.size());
  if (!done) std::abort();
  return response;
}

bool equal_in_constant_time(std::span<const std::byte> a, std::span<const std::byte> b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

Secret random_ticket(std::size_t length) {
  need_sodium();
  static constexpr std::string_view kAlphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  Secret out(length);
  for (std::byte& byte : out.bytes()) {
    byte = static_cast<std::byte>(kAlphabet[randombytes_uniform(static_cast<std::uint32_t>(kAlphabet.size()))]);
  }
  return out;
}

}  // namespace frostgate::crypto
