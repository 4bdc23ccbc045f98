// All rows of a catalog, from PostgreSQL to SQLite and back, by PostgreSQL's COPY. Not by pg_dump: a backup is one database of SQLite wherever the
// catalog lies, keys are struck from it before anybody has it, and no program of the server's version has to be there. Private to this room.
#pragma once

#include "codec/base/result.h"
#include "storage/catalog/database.h"

namespace frostgate::catalog {

// Both have the tables as migrate() leaves them, and a transaction each, which the caller ends; what rows the receiver has are thrown away. The text index is
// not made of rows: see index_all_lines. Errors: `corrupt` when a row cannot be a catalog's; exceptions of SOCI.
Result<void> rows_to_sqlite(soci::session& postgresql, soci::session& sqlite);
Result<void> rows_to_postgresql(soci::session& sqlite, soci::session& postgresql);

}  // namespace frostgate::catalog
