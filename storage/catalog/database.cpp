#include "storage/catalog/database.h"

#include <fcntl.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "storage/catalog/migrations.h"

namespace frostgate::catalog {
namespace {

constexpr int kPoolTimeoutMs = 10'000;
constexpr const char* kBusyTimeoutSeconds = "10";

constexpr Dialect kSqlite = {false, "BEGIN", "BEGIN IMMEDIATE", "", ""};
// Writers come one after the other, as SQLite's do: what a door reads and then writes was written for that.
constexpr Dialect kPostgresql = {true, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "BEGIN; SELECT pg_advisory_xact_lock(7231908)", "FOR UPDATE",
                                 "FOR UPDATE SKIP LOCKED"};

Result<void> prepare_session(soci::session& sql, const std::string& connect) {
  sql.open(*soci::factory_sqlite3(), connect);
  std::string mode;
  sql << "PRAGMA journal_mode=WAL", soci::into(mode);
  if (mode != "wal") return Error{ErrorKind::io, "the catalog's file system cannot hold a write-ahead log"};
  for (const char* pragma : {"PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON", "PRAGMA secure_delete=ON",
                             "PRAGMA temp_store=MEMORY", "PRAGMA case_sensitive_like=ON", "PRAGMA trusted_schema=OFF", "PRAGMA cell_size_check=ON"}) {
    sql << pragma;
  }
  return {};
}

void configure_postgresql(soci::session& sql) {
  // Whoever waits longer for a lock is told so, as by SQLite.
  for (const char* setting : {"SET lock_timeout = '10s'", "SET client_encoding = 'UTF8'", "SET standard_conforming_strings = on",
                              "SET client_min_messages = warning", "SET synchronous_commit = on"}) {
    sql << setting;
  }
}

Result<void> prepare_postgresql_session(soci::session& sql, const std::string& connect) {
  sql.open(*soci::factory_postgresql(), connect);
  configure_postgresql(sql);
  std::string encoding;
  sql << "SHOW server_encoding", soci::into(encoding);
  if (encoding != "UTF8") return Error{ErrorKind::unsupported, "the PostgreSQL database is not in UTF-8 but in " + encoding};
  return {};
}

// VACUUM FULL copies dead rows, too, that a transaction begun before their end may still see: one of autovacuum's ANALYZE for a moment, one of a dump for hours.
Result<void> wait_for_older_snapshots(soci::session& sql) {
  constexpr int kTries = 50;
  std::string next;  // no transaction that has ended so far has this number or a higher one
  sql << "SELECT CAST(pg_snapshot_xmax(pg_current_snapshot()) AS TEXT)", soci::into(next);
  for (int i = 0; i < kTries; ++i) {
    long long older = 0;
    sql << "SELECT count(*) FROM (SELECT greatest(age(backend_xid), age(backend_xmin)) AS old FROM pg_stat_activity"
           " WHERE pid <> pg_backend_pid() AND (datname IS NULL OR datname = current_database())"
           " UNION ALL SELECT age(transaction) FROM pg_prepared_xacts WHERE database = current_database()"
           " UNION ALL SELECT age(xmin) FROM pg_replication_slots) AS holders WHERE old > age(CAST(CAST(:next AS xid8) AS xid))",
        soci::use(next), soci::into(older);
    if (older == 0) return {};
    sql << "SELECT pg_sleep(0.1)";
  }
  return Error{ErrorKind::unavailable, "a transaction of somebody else in the database (a dump, a replica) still sees what was destroyed"};
}

// By class of SQLSTATE (PostgreSQL's manual, appendix A).
ErrorKind kind_of_postgresql(const soci::postgresql_soci_error& error) {
  const std::string state = error.sqlstate();
  const std::string family = state.substr(0, 2);
  if (state == "53100") return ErrorKind::no_space;
  if (family == "23" || family == "22") return ErrorKind::invalid;
  for (const char* passing : {"08", "40", "53", "55", "57"}) {
    if (family == passing) return ErrorKind::unavailable;
  }
  return error.get_error_category() == soci::soci_error::connection_error ? ErrorKind::unavailable : ErrorKind::io;
}

ErrorKind kind_of_sqlite(int code) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return ErrorKind::unavailable;
    case SQLITE_FULL: return ErrorKind::no_space;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return ErrorKind::corrupt;
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG: return ErrorKind::invalid;
    default: return ErrorKind::io;
  }
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open(const CatalogOptions& options) {
  if (options.connections < 1) return Error{ErrorKind::invalid, "the catalog needs at least one connection"};
  const bool postgresql = !options.postgresql.empty();
  std::string connect = options.postgresql;
  if (!postgresql) {
    const std::string path = options.file.string();
    if (path.empty() || path.find_first_of(std::string("\"\0", 2)) != std::string::npos) {
      return Error{ErrorKind::invalid, "the path of the catalog is empty or has a quote in it"};
    }
    TRY(create_private(options.file));
    connect = "db=\"" + path + "\" timeout=" + kBusyTimeoutSeconds;
  }
  try {
    const auto connections = static_cast<std::size_t>(options.connections);
    std::unique_ptr<Database> database(new Database(connections, postgresql ? kPostgresql : kSqlite));
    for (std::size_t i = 0; i < connections; ++i) {
      soci::session& session = database->pool_.at(i);
      TRY(postgresql ? prepare_postgresql_session(session, connect) : prepare_session(session, connect));
    }
    TRY(migrate(*database));
    return database;
  } catch (const soci::soci_error& error) {
    return error_of(error);
  }
}

void Database::mend(soci::session& sql) {
  if (!dialect_.postgresql || sql.is_connected()) return;
  try {
    sql.reconnect();
    configure_postgresql(sql);
  } catch (const soci::soci_error&) {
    // The server is away still; the next call finds out, and comes here again.
  }
}

Result<void> Database::write_anew(const char* tables) {
  if (!dialect_.postgresql) return {};
  return outside_transaction([&](soci::session& sql) -> Result<void> {
    TRY(wait_for_older_snapshots(sql));
    sql << std::string("VACUUM (FULL) ") + tables;
    return {};
  });
}

Result<void> Database::empty_log() {
  if (dialect_.postgresql) return write_anew("recording_keys, original_shares, targets, tickets, second_factors");
  return outside_transaction([](soci::session& sql) -> Result<void> {
    long long blocked = 0;
    long long pages = 0;
    long long moved = 0;
    sql << "PRAGMA wal_checkpoint(TRUNCATE)", soci::into(blocked), soci::into(pages), soci::into(moved);
    if (blocked != 0) return Error{ErrorKind::unavailable, "a reader keeps the catalog's write-ahead log from being emptied"};
    return {};
  });
}

// Its log and index take over the mode of the database.
Result<void> create_private(const std::filesystem::path& file, bool fresh) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | (fresh ? O_EXCL : 0), 0600);
  if (descriptor < 0) {
    const ErrorKind kind = errno == ENOSPC ? ErrorKind::no_space : errno == EEXIST ? ErrorKind::exists : ErrorKind::io;
    return Error{kind, "cannot open the catalog " + file.string() + ": " + std::strerror(errno)};
  }
  ::close(descriptor);
  return {};
}

Database::PooledSession::PooledSession(soci::connection_pool& pool)
    : pool_(pool), leased_(pool.try_lease(position_, kPoolTimeoutMs)) {}

Database::PooledSession::~PooledSession() {
  if (leased_) pool_.give_back(position_);
}

Database::Transaction::Transaction(soci::session& sql, const char* begin) : sql_(sql) { sql_ << begin; }

Database::Transaction::~Transaction() {
  if (!open_) return;
  try {
    sql_ << "ROLLBACK";
  } catch (const soci::soci_error&) {
    // A full disk has already rolled it back.
  }
}

void Database::Transaction::commit() {
  sql_ << "COMMIT";
  open_ = false;
}

Error Database::busy() { return {ErrorKind::unavailable, "the catalog is busy: no connection came free"}; }

// The message without SOCI's context: that repeats the values of the statement, and some are secret.
Error Database::error_of(const soci::soci_error& error) {
  const auto* postgresql = dynamic_cast<const soci::postgresql_soci_error*>(&error);
  if (postgresql) {
    // Its first line names what is wrong; DETAIL and CONTEXT below repeat values.
    const std::string message = error.get_error_message();
    return {kind_of_postgresql(*postgresql), "the catalog: " + message.substr(0, message.find('\n'))};
  }
  if (error.get_error_category() == soci::soci_error::connection_error) return {ErrorKind::unavailable, "the catalog: " + error.get_error_message()};
  const auto* sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&error);
  return {sqlite ? kind_of_sqlite(sqlite->result()) : ErrorKind::io, "the catalog: " + error.get_error_message()};
}

const char* ordered_join(soci::session& sql) { return on_postgresql(sql) ? "JOIN" : "CROSS JOIN"; }

bool on_postgresql(soci::session& sql) { return sql.get_backend_name() == "postgresql"; }

long long execute(soci::statement& statement) {
  statement.execute(true);
  return statement.get_affected_rows();
}

long long next_number(soci::session& sql, const std::string& series) {
  long long value = 0;
  sql << "UPDATE counters SET value = value + 1 WHERE name = :name RETURNING value", soci::use(series), soci::into(value);
  return value;
}

}  // namespace frostgate::catalog
