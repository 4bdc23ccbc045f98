// Legal holds, and the end of recordings: what a hold does not stop is deleted by its keys, and a signed tombstone stays.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "storage/catalog/catalog.h"
#include "storage/catalog/ledger.h"

namespace frostgate::catalog {

struct Hold {
  std::string recording;
  std::string reason;
  std::string placed_by;
  UtcTime placed;
};

// What an entry of the ledger says of a legal hold.
struct HoldNote {
  Hold hold;
  bool placed = false;  // otherwise it was released
};
// Nothing: the entry is about something else, or says that it was refused.
std::optional<HoldNote> hold_note(const LedgerEntry& entry);

struct Tombstone {
  std::string recording;
  UtcTime deleted;
  std::string object_stem;        // of the signed text in the object store
  std::string signature_sha256;
  std::string journal_directory;  // may be left to be removed
};

class Deletions {
 public:
  explicit Deletions(Catalog& catalog) : database_(catalog.database()) {}

  // Noted in the ledger in the same transaction, which counts from then on: a row that is taken away frees nothing. `not_found` recording, `exists`
  // when it is held already.
  Result<void> hold(const Hold& hold);
  // The same, by whom and why. `not_found` when it is not held.
  Result<void> release(const std::string& recording, const std::string& reason, const std::string& by, UtcTime now);
  Result<std::vector<Hold>> holds();  // oldest first
  // By the ledger alone; nothing when it was never held, or released.
  Result<std::optional<Hold>> noted_hold(const std::string& recording);
  // Destroys the recording's keys and forgets all else of it but the tombstone, which is noted in the ledger: one transaction, then the
  // write-ahead log is emptied. `denied` when it is held, by its row or by the ledger, or is neither clean, degraded nor failed. `unavailable` means that it is done, but that a reader
  // kept the log from being emptied: `wipe_log` then. Its objects and its journal are the caller's to remove afterwards.
  Result<void> remove(const Tombstone& tombstone);
  // The same for what was deleted when this catalog did not see it, because it is an earlier copy that was put back: whatever it says of the
  // recording, or when it does not have it.
  Result<void> bury(const Tombstone& tombstone);
  // What `remove` would say now: nothing, `not_found` or `denied`.
  Result<void> removable(const std::string& recording);
  // Empties the write-ahead log, which `remove` may have had to leave.
  Result<void> wipe_log();
  Result<Tombstone> tombstone(const std::string& recording);  // `not_found`
  Result<std::vector<Tombstone>> tombstones();                // oldest first

 private:
  Result<void> end(const Tombstone& tombstone, bool whatever);

  Database& database_;
};

}  // namespace frostgate::catalog
