// Public keys of others, given as the numbers that JSON Web Keys hold (RFC 7518 6), and signatures under them. Immutable, so thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "codec/base/result.h"

struct evp_pkey_st;

namespace frostgate::crypto {

class PublicKey {
 public:
  // Big-endian modulus and exponent. Error: invalid, when the modulus has not 2048 to 8192 bits, or the numbers make no key.
  static Result<PublicKey> rsa(std::span<const std::byte> modulus, std::span<const std::byte> exponent);
  // The point's coordinates, 32 bytes each. Error: invalid, when it is not on the curve.
  static Result<PublicKey> p256(std::span<const std::byte> x, std::span<const std::byte> y);

  bool is_rsa() const { return rsa_; }
  // RS256 for RSA keys (PKCS #1 v1.5), ES256 for the others (r and s, 32 bytes each): RFC 7518 3.3, 3.4. Never anything else.
  bool verifies(std::string_view text, std::span<const std::byte> signature) const;

 private:
  PublicKey(std::shared_ptr<evp_pkey_st> key, bool rsa) : key_(std::move(key)), rsa_(rsa) {}
  std::shared_ptr<evp_pkey_st> key_;
  bool rsa_ = false;
};

}  // namespace frostgate::crypto
