#include "storage/catalog/copies.h"

#include <soci/sqlite3/soci-sqlite3.h>

#include "storage/catalog/columns.h"
#include "storage/catalog/database.h"
#include "storage/catalog/ledger_append.h"
#include "storage/catalog/migrations.h"
#include "storage/catalog/row_transfer.h"
#include "storage/catalog/text_index.h"

namespace frostgate::catalog {
namespace {

// In place, as overwrite_key, but all at once: the file has only just been written, and holds nothing else of them.
void strip_keys(soci::session& sql, UtcTime now) {
  const long long moment = to_column(now);
  sql << "BEGIN IMMEDIATE";
  sql << "UPDATE recording_keys SET wrapped = HEX(ZEROBLOB(LENGTH(wrapped) / 2)) WHERE kind <> 'film' AND destroyed = 0";
  sql << "UPDATE recording_keys SET wrapped = '', padding = '', destroyed = :destroyed WHERE kind <> 'film' AND destroyed = 0", soci::use(moment);
  sql << "COMMIT";
}

// In place and in memory: what is overwritten may be left neither in a log nor in a journal.
void prepare_copy(soci::session& sql) {
  for (const char* pragma : {"PRAGMA journal_mode=DELETE", "PRAGMA journal_mode=MEMORY", "PRAGMA synchronous=FULL", "PRAGMA secure_delete=ON"}) sql << pragma;
}

// The rows at one moment; the index of their text is made after that, so that no snapshot is held meanwhile, which a destruction of keys would wait for.
Result<void> fill(soci::session& copy, Catalog& catalog) {
  copy << "BEGIN IMMEDIATE";
  TRY(catalog.database().read([&](soci::session& sql) { return rows_to_sqlite(sql, copy); }));
  index_all_lines(copy);
  copy << "COMMIT";
  return {};
}

std::string sqlite_at(const std::filesystem::path& file) { return "db=\"" + file.string() + "\""; }

Result<void> wait_until_alone(soci::session& sql) {
  constexpr int kTries = 50;  // who has just ended is listed for a moment
  for (int i = 0; i < kTries; ++i) {
    long long others = 0;
    sql << "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
           " AND backend_type = 'client backend'",
        soci::into(others);
    if (others == 0) return {};
    sql << "SELECT pg_sleep(0.1)";
  }
  return Error{ErrorKind::unavailable, "others are connected to the catalog's database in PostgreSQL: stop each serve that uses it, and whatever else does"};
}

}  // namespace

Result<void> write_copy(Catalog& catalog, const std::filesystem::path& file, UtcTime now) {
  const std::string path = file.string();
  TRY(check_text("the copy's path", path));
  TRY(create_private(file, true));
  const bool postgresql = catalog.database().dialect().postgresql;
  if (postgresql) {
    TRY(Catalog::open({file, 1}));  // its tables
  } else {
    TRY(catalog.database().outside_transaction([&](soci::session& sql) -> Result<void> {
      sql << "VACUUM INTO :file", soci::use(path);
      return {};
    }));
  }
  try {
    soci::session copy(*soci::factory_sqlite3(), sqlite_at(file));
    prepare_copy(copy);
    if (postgresql) TRY(fill(copy, catalog));
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

Result<bool> replaceable_rows(Catalog& catalog) {
  return catalog.database().outside_transaction([](soci::session& sql) -> Result<bool> {
    TRY(wait_until_alone(sql));
    long long any = 0;
    sql << "SELECT CAST((SELECT COUNT(*) FROM (SELECT 1 FROM ledger LIMIT 1) l) + (SELECT COUNT(*) FROM (SELECT 1 FROM users LIMIT 1) u)"
           " + (SELECT COUNT(*) FROM (SELECT 1 FROM recordings LIMIT 1) r) AS BIGINT)",
        soci::into(any);
    return any != 0;
  });
}

Result<void> replace_rows(Catalog& catalog, const std::filesystem::path& copy) {
  if (!catalog.database().dialect().postgresql) return Error{ErrorKind::invalid, "a catalog of SQLite is replaced by its file"};
  TRY(check_text("the copy's path", copy.string()));
  try {
    soci::session source(*soci::factory_sqlite3(), sqlite_at(copy));
    const long long version = applied_version(source);
    return catalog.database().write([&](soci::session& sql) -> Result<void> {
      if (applied_version(sql) != version) return Error{ErrorKind::unsupported, "the copy has schema version " + std::to_string(version) + ", and the database another"};
      TRY(rows_to_postgresql(source, sql));
      index_all_lines(sql);
      return {};
    });
  } catch (const soci::soci_error& error) {
    return Database::error_of(error);
  }
}

}  // namespace frostgate::catalog
