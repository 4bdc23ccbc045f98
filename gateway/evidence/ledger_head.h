// Signed heads of the ledger: how long the chain was at a moment, and its last link. Copies that lie elsewhere show when its end, or all
// of it, was replaced. Format: storage/FORMAT.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "storage/catalog/catalog.h"
#include "storage/crypto/signature.h"
#include "storage/object_store.h"

namespace frostgate::evidence {

struct LedgerHead {
  std::string node;
  std::int64_t entries = 0;
  std::string link;
  UtcTime made;
};

Result<std::string> to_json(const LedgerHead& head);
Result<LedgerHead> parse_ledger_head(std::span<const std::byte> json);

// Signs the ledger as it is now: head/NNNNNNNNNNNN-SECONDS.json and .p7s, whose stem it returns. `not_found` when the ledger is empty.
Result<std::string> sign_head(catalog::Catalog& catalog, storage::ObjectStore& objects, const storage::SigningIdentity& signer,
                              const std::string& node, UtcTime now);

}  // namespace frostgate::evidence
