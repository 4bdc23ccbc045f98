// An AES-256 key in a PKCS#11 token (Cryptoki 2.40), that never leaves it: what it seals, the token seals and opens.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/secret.h"
#include "storage/crypto/aead.h"

namespace frostgate::storage {

struct TokenSettings {
  std::filesystem::path module;  // the vendor's library
  std::string token, key;        // labels
};

// Thread-safe: one operation at a time. A session that breaks (the token was taken out, its daemon started anew) is begun again by the operation that finds it broken, and by each
// later one until it succeeds; but a PIN that was refused is not tried a second time. The PIN is kept for that.
class TokenKey {
 public:
  static constexpr std::size_t kIdBytes = 8;

  // `not_found` when the token has no such key, `unavailable` when there is no such module or token or it does not answer, `denied` for a wrong PIN and for a key that could be taken
  // out of the token.
  static Result<TokenKey> open(const TokenSettings& settings, const Secret& pin);
  // Makes the key first, where there is none.
  static Result<TokenKey> open_or_create(const TokenSettings& settings, const Secret& pin);

  TokenKey(TokenKey&&) noexcept;
  TokenKey& operator=(TokenKey&&) noexcept;
  ~TokenKey();

  // CKA_ID, which was random when the key was made.
  const std::array<std::byte, kIdBytes>& id() const;

  // AES-256-GCM (CKM_AES_GCM). Ciphertext and tag; `unavailable` when the token does not do it.
  Result<std::vector<std::byte>> seal(const Nonce& nonce, std::span<const std::byte> associated, std::span<const std::byte> plain) const;
  // `corrupt` when the tag does not fit.
  Result<Secret> unseal(const Nonce& nonce, std::span<const std::byte> associated, std::span<const std::byte> sealed) const;

 private:
  struct State;
  explicit TokenKey(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace frostgate::storage
