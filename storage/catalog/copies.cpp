#include "storage/catalog/copies.h"

#include <soci/sqlite3/soci-sqlite3.h>

#include "storage/catalog/columns.h"
#include "storage/catalog/database.h"
#include "storage/catalog/ledger_append.h"

namespace frostgate::catalog {
namespace {

// In place, as overwrite_key, but all at once: the file has only just been written, and holds nothing else of them.
void strip_keys(soci::session& sql, UtcTime now) {
  for (const char* pragma : {"PRAGMA journal_mode=DELETE", "PRAGMA journal_mode=MEMORY", "PRAGMA synchronous=FULL", "PRAGMA secure_delete=ON"}) sql << pragma;
  const long long moment = to_column(now);
  sql << "BEGIN IMMEDIATE";
  sql << "UPDATE recording_keys SET wrapped = HEX(ZEROBLOB(LENGTH(wrapped) / 2)) WHERE kind <> 'film' AND destroyed = 0";
  sql << "UPDATE recording_keys SET wrapped = '', padding = '', destroyed = :destroyed WHERE kind <> 'film' AND destroyed = 0", soci::use(moment);
  sql << "COMMIT";
}

}  // namespace

Result<void> write_copy(Catalog& catalog, const std::filesystem::path& file, UtcTime now) {
  const std::string path = file.string();
  TRY(check_text("the copy's path", path));
  TRY(create_private(file, true));
  TRY(catalog.database().outside_transaction([&](soci::session& sql) -> Result<void> {
    sql << "VACUUM INTO :file", soci::use(path);
    return {};
  }));
  try {
    soci::session copy(*soci::factory_sqlite3(), "db=\"" + path + "\"");
    strip_keys(copy, now);
  } catch (const soci::soci_error& error) {
    return Database::error_of(error);
  }
  return {};
}

Result<void> check_whole(Catalog& catalog) {
  return catalog.database().read([](soci::session& sql) -> Result<void> {
    std::string found;
    sql << "PRAGMA integrity_check(1)", soci::into(found);
    if (found != "ok") return Error{ErrorKind::corrupt, "the database is not in order: " + found};
    std::string table;
    sql << "SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1", soci::into(table);
    if (sql.got_data()) return Error{ErrorKind::corrupt, "a row of " + table + " belongs to nothing"};
    return {};
  });
}

Result<void> begin_again(Catalog& copy, const std::string& restoration_sha256, UtcTime now) {
  TRY(check_sha256("a signature's digest", restoration_sha256));
  if (restoration_sha256.empty()) return Error{ErrorKind::invalid, "a restoration is noted with its signed text"};
  return copy.database().write([&](soci::session& sql) -> Result<void> {
    for (const char* statement : {"DELETE FROM tickets WHERE used_at = 0", "DELETE FROM web_sessions", "DELETE FROM api_tokens",
                                  "UPDATE approval_requests SET state = 'expired', version = version + 1 WHERE state IN ('requested', 'approved')"}) {
      sql << statement;
    }
    append_to_ledger(sql, LedgerEvent::restored, "", restoration_sha256, now);
    return {};
  });
}

}  // namespace frostgate::catalog
