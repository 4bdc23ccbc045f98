// Legal holds, and the end of recordings: what a hold does not stop is deleted by its keys, and a signed tombstone stays.
#pragma once

#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "storage/catalog/catalog.h"

namespace frostgate::catalog {

struct Hold {
  std::string recording;
  std::string reason;
  std::string placed_by;
  UtcTime placed;
};

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

  // `not_found` recording, `exists` when it is held already.
  Result<void> hold(const Hold& hold);
  // `not_found` when it is not held.
  Result<void> release(const std::string& recording);
  Result<std::vector<Hold>> holds();  // oldest first
  // Destroys the recording's keys and forgets all else of it but the tombstone, which is noted in the ledger: one transaction, then the
  // write-ahead log is emptied. `denied` when it is held, or is neither clean nor degraded. `unavailable` means that it is done, but that a reader
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
