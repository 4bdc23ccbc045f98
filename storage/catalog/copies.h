// Copies of a whole catalog: made while it is in use, and made fit to take its place again. A copy is a database of SQLite, also of a catalog in PostgreSQL.
#pragma once

#include <filesystem>
#include <string>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "storage/catalog/catalog.h"

namespace frostgate::catalog {

// The catalog as it is at one moment, in a new file (mode 0600; `exists` when there is one), synced. Nothing of what was deleted is in it, and no wrapped
// key of a journal or of keystrokes: what destroys those must not have to look for copies. After an error the file may be there in part.
Result<void> write_copy(Catalog& catalog, const std::filesystem::path& file, UtcTime now);

// Whether the database is what it says: `corrupt` when a page, an index or a reference is not in order. Reads all of it.
Result<void> check_whole(Catalog& catalog);

// For a copy that is to be the catalog again: what may have been used up, taken back or ended since it was made works no more (unused tickets, web
// sessions, API tokens, approvals), and the restoration, whose signature has this SHA-256, is noted in the ledger. `invalid` without a digest.
Result<void> begin_again(Catalog& copy, const std::string& restoration_sha256, UtcTime now);

// Of a catalog in PostgreSQL whose rows are to be replaced: whether it has any that would be lost. `unavailable` while others are connected to its database as
// the same user: they would go on with what is gone.
Result<bool> replaceable_rows(Catalog& catalog);

// Puts a copy in place of all that a catalog in PostgreSQL has, in one transaction. The copy was opened as a Catalog, so that its tables are of this program's
// version, and closed (`unsupported` otherwise).
Result<void> replace_rows(Catalog& catalog, const std::filesystem::path& copy);

}  // namespace frostgate::catalog
