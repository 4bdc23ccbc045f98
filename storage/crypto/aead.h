// AES-256-GCM (NIST SP 800-38D) in one shot. Whoever calls sees to it that a nonce is never used twice under one key.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/secret.h"

namespace frostgate::storage {

inline constexpr std::size_t kKeyBytes = 32;
inline constexpr std::size_t kTagBytes = 16;
// What one call takes; the caller splits.
inline constexpr std::size_t kMaxSealBytes = std::size_t{1} << 30;

using Nonce = std::array<std::byte, 12>;

// Appends ciphertext and tag (plain.size() + kTagBytes bytes) to `out`.
void seal(const Secret& key, const Nonce& nonce, std::span<const std::byte> associated,
          std::span<const std::byte> plain, std::vector<std::byte>& out);

// Appends the plain bytes to `out`. `corrupt`, and `out` as it was, when the tag does not fit: wrong key, nonce or
// associated data, or changed bytes.
Result<void> open(const Secret& key, const Nonce& nonce, std::span<const std::byte> associated,
                  std::span<const std::byte> sealed, std::vector<std::byte>& out);

}  // namespace frostgate::storage
