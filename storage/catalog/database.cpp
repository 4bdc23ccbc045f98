#include "storage/catalog/database.h"

#include <fcntl.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "storage/catalog/migrations.h"

namespace frostgate::catalog {
namespace {

constexpr int kPoolTimeoutMs = 10'000;
constexpr const char* kBusyTimeoutSeconds = "10";

// PostgreSQL's would be BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY, BEGIN, FOR UPDATE and FOR UPDATE SKIP LOCKED.
constexpr Dialect kSqlite = {"BEGIN", "BEGIN IMMEDIATE", "", ""};

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
  const std::string path = options.file.string();
  if (path.empty() || path.find_first_of(std::string("\"\0", 2)) != std::string::npos) {
    return Error{ErrorKind::invalid, "the path of the catalog is empty or has a quote in it"};
  }
  if (options.connections < 1) return Error{ErrorKind::invalid, "the catalog needs at least one connection"};
  TRY(create_private(options.file));
  const std::string connect = "db=\"" + path + "\" timeout=" + kBusyTimeoutSeconds;
  try {
    const auto connections = static_cast<std::size_t>(options.connections);
    std::unique_ptr<Database> database(new Database(connections, kSqlite));
    for (std::size_t i = 0; i < connections; ++i) TRY(prepare_session(database->pool_.at(i), connect));
    TRY(migrate(*database));
    return database;
  } catch (const soci::soci_error& error) {
    return error_of(error);
  }
}

Result<void> Database::empty_log() {
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
  const auto* sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&error);
  return {sqlite ? kind_of_sqlite(sqlite->result()) : ErrorKind::io, "the catalog: " + error.get_error_message()};
}

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
