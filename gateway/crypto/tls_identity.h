// The listener's certificate and key, as PEM texts.
#pragma once

#include <filesystem>
#include <string>

#include "codec/base/result.h"
#include "codec/base/secret.h"
#include "codec/base/time.h"

namespace frostgate::crypto {

struct PemIdentity {
  std::string certificate;
  Secret private_key;
  std::string fingerprint;  // SHA-256 of the certificate (DER), lower-case hex
};

// Errors: not_found, invalid (no PEM, or the key does not belong to the certificate).
Result<PemIdentity> load_identity(const std::filesystem::path& certificate, const std::filesystem::path& private_key);

// A self-signed one for trying out, RSA 2048, for `host`, valid from a day before `now` for two years. Writes both
// files, the key with mode 0600.
Result<void> make_self_signed(const std::filesystem::path& certificate, const std::filesystem::path& private_key,
                              const std::string& host, UtcTime now);

}  // namespace frostgate::crypto
