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
  UtcTime not_after;
  std::string fingerprint;  // SHA-256 of the certificate (DER), lower-case hex
  std::string key_kind;     // as OpenSSL names it: RSA, EC, ED25519
};

// Errors: not_found, invalid (no PEM, or the key does not belong to the certificate).
Result<PemIdentity> load_identity(const std::filesystem::path& certificate, const std::filesystem::path& private_key);

// From a PKCS#12 file with the certificate, its chain and its key. `password` names a file whose first line is the
// password; empty: none. Errors as above.
Result<PemIdentity> load_pkcs12(const std::filesystem::path& file, const std::filesystem::path& password);

// Whichever of the two the configuration names.
Result<PemIdentity> load_configured_identity(const std::filesystem::path& certificate, const std::filesystem::path& private_key,
                                             const std::filesystem::path& pkcs12, const std::filesystem::path& pkcs12_password);

// A self-signed one for trying out, RSA 2048, for `host`, valid from a day before `now` for two years. Writes both
// files, the key with mode 0600.
Result<void> make_self_signed(const std::filesystem::path& certificate, const std::filesystem::path& private_key,
                              const std::string& host, UtcTime now);

}  // namespace frostgate::crypto
