// That the catalog was put back from a backup, as a signed text: which ledger it had, so that signed heads of the one that was given up are
// understood. Format: storage/FORMAT.md.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "storage/crypto/signature.h"
#include "storage/object_store.h"

namespace frostgate::evidence {

struct Restoration {
  std::string node;
  UtcTime made, backup_made;
  std::int64_t entries = 0;  // of the ledger in the backup
  std::string link;          // its last; empty: it had none
};

Result<std::string> to_json(const Restoration& restoration);
Result<Restoration> parse_restoration(std::span<const std::byte> json);

// As restoration/SECONDS.json and .p7s; SHA-256 of the signature. `exists` when there was one in the same second.
Result<std::string> sign_restoration(storage::ObjectStore& objects, const storage::SigningIdentity& signer, const Restoration& restoration);

}  // namespace frostgate::evidence
