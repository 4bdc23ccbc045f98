#include "storage/manifest/signed_text.h"

#include <algorithm>
#include <utility>

#include "storage/byte_order.h"
#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"

namespace frostgate::storage {

namespace {

constexpr std::uint64_t kMaxTextBytes = std::uint64_t{256} << 20;
constexpr std::uint64_t kMaxSignatureBytes = std::uint64_t{1} << 20;

Result<std::vector<std::byte>> read_object(ObjectStore& objects, const std::string& key, std::uint64_t limit) {
  std::vector<std::byte> bytes = TRY(objects.read(key, 0, limit + 1));
  if (bytes.size() > limit) return Error{ErrorKind::corrupt, key + " is too large to be what its name says"};
  return bytes;
}

}  // namespace

Result<SignedDigests> put_signed(ObjectStore& objects, const SigningIdentity& signer, const std::string& stem, std::string_view text,
                                 UtcTime now) {
  const std::vector<std::byte> signature = TRY(signer.sign(bytes_of(text), now));
  // A text is never there without its signature.
  TRY(objects.put_if_absent(stem + ".p7s", signature));
  TRY(objects.put_if_absent(stem + ".json", bytes_of(text)));
  return SignedDigests{to_hex(Sha256::of(bytes_of(text))), to_hex(Sha256::of(signature))};
}

Result<SignatureFacts> check_trusted(std::span<const std::byte> text, std::span<const std::byte> signature,
                                     std::span<const std::string> trusted) {
  SignatureFacts facts = TRY(check_signature(text, signature));
  if (std::ranges::find(trusted, facts.fingerprint) == trusted.end()) {
    return Error{ErrorKind::denied, "it was signed by \"" + facts.signer + "\" with the certificate " + facts.fingerprint + ", which is not trusted"};
  }
  return facts;
}

Result<SignedText> read_signed(ObjectStore& objects, const std::string& stem, std::span<const std::string> trusted) {
  SignedText out;
  out.text = TRY(read_object(objects, stem + ".json", kMaxTextBytes));
  out.signature = TRY(read_object(objects, stem + ".p7s", kMaxSignatureBytes));
  Result<SignatureFacts> facts = check_trusted(out.text, out.signature, trusted);
  if (!facts) return facts.error().within(stem + ".json");
  out.facts = std::move(*facts);
  return out;
}

}  // namespace frostgate::storage
