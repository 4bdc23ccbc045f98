// Detached signatures that a stranger can check with stock openssl: CMS SignedData (RFC 5652) with the attributes of CAdES-BES
// (RFC 5126), ECDSA on P-256 (FIPS 186-4), SHA-256, in DER. Certificates are named by the SHA-256 of their DER form in
// lower-case hex, the fingerprint.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "storage/file_system.h"

namespace frostgate::storage {

// A key with its certificate. Many threads may sign at once.
class SigningIdentity {
 public:
  // PEM files; certificates after the first go into each signature. `denied` when anybody but its owner may read the key file or
  // it is not this process's own; `invalid` when these are no P-256 key and its certificate.
  static Result<SigningIdentity> load(FileSystem& files, const std::filesystem::path& certificate,
                                      const std::filesystem::path& private_key);
  // A new key and a certificate that it signs itself, for `name`, valid from a day before `now` for ten years. The key is on disk
  // before the certificate, and a key without certificate is of an attempt that was cut short: it is replaced.
  static Result<void> make(FileSystem& files, const std::filesystem::path& certificate,
                           const std::filesystem::path& private_key, std::string_view name, UtcTime now);

  SigningIdentity(SigningIdentity&&) noexcept;
  SigningIdentity& operator=(SigningIdentity&&) noexcept;
  ~SigningIdentity();

  // `now` is the signing time that the signature states.
  Result<std::vector<std::byte>> sign(std::span<const std::byte> content, UtcTime now) const;
  std::string fingerprint() const;
  std::string certificate_pem() const;  // with what comes after it in the file

 private:
  struct State;
  explicit SigningIdentity(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

struct SignatureFacts {
  std::string fingerprint;  // of the certificate in the signature, whose key signed the content
  std::string signer;       // that certificate's subject
};

// That the content is what was signed by the key of the certificate in the signature; whether that certificate is to be trusted
// is the caller's to decide, by its fingerprint. `corrupt` when the content, or any byte of the signature, was changed.
Result<SignatureFacts> check_signature(std::span<const std::byte> content, std::span<const std::byte> signature);

// The fingerprints of all certificates in a PEM text; `invalid` when it has none or one that cannot be read.
Result<std::vector<std::string>> fingerprints_of(std::string_view certificates_pem);

}  // namespace frostgate::storage
