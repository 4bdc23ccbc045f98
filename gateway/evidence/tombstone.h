// What stays of a recording that was deleted: a signed text that it was, and why it went. Format: storage/FORMAT.md.
#pragma once

#include <span>
#include <string>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "storage/crypto/signature.h"
#include "storage/object_store.h"

namespace frostgate::evidence {

struct TombstoneText {
  std::string recording, user, target;
  UtcTime started, ended;
  std::string film_manifest_sha256;  // empty: it had no film
  std::string why, node;
  UtcTime deleted;
};

Result<std::string> to_json(const TombstoneText& text);
Result<TombstoneText> parse_tombstone(std::span<const std::byte> json);

struct SignedTombstone {
  std::string stem;  // tombstone/RECORDING/SECONDS
  std::string signature_sha256;
};

Result<SignedTombstone> sign_tombstone(storage::ObjectStore& objects, const storage::SigningIdentity& signer, const TombstoneText& text);

}  // namespace frostgate::evidence
