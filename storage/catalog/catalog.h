// The catalog: what Frostgate knows about users, targets, recordings and work, in one SQL database, of SQLite or of PostgreSQL 15. Opened by serve alone.
// Its subjects are doors of their own: users.h, targets.h, tickets.h, recordings.h, keys.h, segments.h, policies.h, jobs.h, approvals.h, alerts.h,
// deletions.h, copies.h.
//
// Threads: a Catalog and every door made from it may be used from any thread at once; a call may wait up to 10 s for a
// connection or for another writer, then fails with `unavailable`. Nothing here reads a clock.
// Durability: when a writing call returns a value, the change is committed and synced; when it returns an error, nothing changed
// (the one exception is written at Keys::destroy).
// Text must be UTF-8 without NUL, as PostgreSQL demands: other text is refused as `invalid`, except messages for people
// (end reasons, errors), where the bad bytes are replaced.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "codec/base/result.h"

namespace frostgate::catalog {

class Database;

struct CatalogOptions {
  std::filesystem::path file;  // an SQLite database; created with mode 0600 when it does not exist
  int connections = 4;         // how many calls may run at the same time
  // Or a connection string of libpq ("host=... dbname=..."): a database in UTF-8, whose tables are made in the first schema of its search path.
  std::string postgresql = {};
};

class Catalog {
 public:
  // Opens, creating or migrating the tables as needed. Errors: `unsupported` when a newer Frostgate wrote the database,
  // `corrupt` when the file is no database, `io`, `unavailable`, also when the server cannot be reached.
  static Result<std::unique_ptr<Catalog>> open(const CatalogOptions& options);
  ~Catalog();

  // The number of the last migration that was applied.
  Result<std::int64_t> schema_version();

  // Writes what is there already: whether something could be noted now.
  Result<void> check_writable();

  // For the doors of this room.
  Database& database() { return *database_; }

 private:
  explicit Catalog(std::unique_ptr<Database> database);
  std::unique_ptr<Database> database_;
};

}  // namespace frostgate::catalog
