// What became of every recording, as a hash chain to which entries are only added: that a row of another table is gone, or an entry is,
// shows against the chain, and that the chain's end is gone shows against a signed head of it that lies elsewhere.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "storage/catalog/catalog.h"

namespace frostgate::catalog {

enum class LedgerEvent { begun, published, deleted, restored };
const char* to_string(LedgerEvent event);

struct LedgerEntry {
  std::int64_t number = 0;  // from 1, without gaps
  UtcTime at;
  LedgerEvent event = LedgerEvent::begun;
  std::string recording;  // empty for restored
  // begun: of the policy; SHA-256 of the signature of, published: the manifest, deleted: the tombstone, restored: the text that says so.
  std::string digest;
  std::string link;  // SHA-256 over this entry and the link before

  bool operator==(const LedgerEntry&) const = default;
};

// What an entry's link must be, given the link of the entry before (empty for the first).
std::string ledger_link(const std::string& before, const LedgerEntry& entry);

class Ledger {
 public:
  explicit Ledger(Catalog& catalog) : database_(catalog.database()) {}

  // Entries with larger numbers than `after`, in order.
  Result<std::vector<LedgerEntry>> list(std::int64_t after, std::int64_t limit);
  // How many entries were ever written.
  Result<std::int64_t> given();
  // The last entry; `not_found` when there is none yet.
  Result<LedgerEntry> last();

 private:
  Database& database_;
};

}  // namespace frostgate::catalog
