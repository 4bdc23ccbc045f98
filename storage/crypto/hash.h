// SHA-256 (FIPS 180-4) and HKDF-SHA256 (RFC 5869). OpenSSL without SHA-256 is a broken installation: these abort.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "codec/base/secret.h"

namespace frostgate::storage {

using Sha256Digest = std::array<std::byte, 32>;

class Sha256 {
 public:
  Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  ~Sha256();

  void add(std::span<const std::byte> bytes);
  // Ends it; nothing may be called afterwards.
  Sha256Digest finish();

  static Sha256Digest of(std::span<const std::byte> bytes);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// A key of 32 bytes. `info` says what it is for; `salt` makes it another key each time.
Secret hkdf_sha256(const Secret& key, std::span<const std::byte> salt, std::string_view info);

}  // namespace frostgate::storage
