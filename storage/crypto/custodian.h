// A custodian: somebody's certificate, for whom alone something is enclosed. What is enclosed opens with stock openssl:
//   openssl cms -decrypt -inform DER -in FILE -inkey THEIR.key -recip THEIR.crt -out SHARE
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/secret.h"
#include "codec/base/time.h"

namespace frostgate::storage {

class Custodian {
 public:
  // From PEM with one certificate. `invalid` when it is none, or when its key cannot be used or is weak: RSA of at least 2048 bits, or EC on
  // P-256, P-384 or P-521, and a key usage, where it states one, that allows what is done with it.
  static Result<Custodian> read(std::span<const std::byte> pem);

  Custodian(Custodian&&) noexcept;
  Custodian& operator=(Custodian&&) noexcept;
  ~Custodian();

  std::string subject() const;      // RFC 2253, UTF-8
  std::string fingerprint() const;  // SHA-256 of the certificate in lower-case hex
  UtcTime valid_from() const;
  UtcTime valid_until() const;

  // CMS EnvelopedData (RFC 5652) in DER, AES-256-CBC; the key of it by RSA-OAEP with SHA-256, or by ECDH with the KDF of X9.63 over SHA-256.
  Result<std::vector<std::byte>> enclose(const Secret& content) const;

 private:
  struct State;
  explicit Custodian(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace frostgate::storage
