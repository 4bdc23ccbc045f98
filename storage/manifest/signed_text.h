// A JSON text in the object store with its signature beside it: STEM.json and STEM.p7s.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "storage/crypto/signature.h"
#include "storage/object_store.h"

namespace frostgate::storage {

// SHA-256, 64 lower-case hex digits.
struct SignedDigests {
  std::string text, signature;
};

// On success both objects survive a power cut. `exists` when the stem was used before.
Result<SignedDigests> put_signed(ObjectStore& objects, const SigningIdentity& signer, const std::string& stem, std::string_view text,
                                 UtcTime now);

struct SignedText {
  std::vector<std::byte> text, signature;
  SignatureFacts facts;
};

// `trusted` are fingerprints. `not_found` when either object is gone; `corrupt`, with the reason, when the signature does not hold; `denied`
// when nobody trusts who signed.
Result<SignedText> read_signed(ObjectStore& objects, const std::string& stem, std::span<const std::string> trusted);
// The same for bytes that lie elsewhere.
Result<SignatureFacts> check_trusted(std::span<const std::byte> text, std::span<const std::byte> signature,
                                     std::span<const std::string> trusted);

}  // namespace frostgate::storage
