// The only way from a door to SQL: a pool of connections and one transaction around each call. Private to this room.
#pragma once

#include <soci/soci.h>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "codec/base/result.h"
#include "storage/catalog/catalog.h"

namespace frostgate::catalog {

// Where SQLite and PostgreSQL do not speak the same SQL.
struct Dialect {
  bool postgresql;
  const char* begin_read;   // every statement of the transaction sees the same state
  const char* begin_write;  // takes SQLite's write lock at once: upgrading a read transaction fails under load, whatever the timeout
  const char* lock_row;     // ends a SELECT whose row the transaction goes on to change
  const char* skip_locked;  // the same, passing over rows that others hold
};

class Database {
 public:
  static Result<std::unique_ptr<Database>> open(const CatalogOptions& options);

  // Calls `work(session)`, which returns a Result; an exception of SOCI becomes an Error.
  template <class Work>
  auto read(Work&& work) -> decltype(work(std::declval<soci::session&>())) {
    return run(dialect_.begin_read, work);
  }
  // As read(); commits when the Result is a value, rolls back when it is an Error.
  template <class Work>
  auto write(Work&& work) -> decltype(work(std::declval<soci::session&>())) {
    return run(dialect_.begin_write, work);
  }

  // As read(), for a statement that can be in no transaction.
  template <class Work>
  auto outside_transaction(Work&& work) -> decltype(work(std::declval<soci::session&>())) {
    PooledSession session(pool_);
    if (!session) return busy();
    try {
      return work(*session);
    } catch (const soci::soci_error& error) {
      mend(*session);
      return error_of(error);
    }
  }

  const Dialect& dialect() const { return dialect_; }

  static Error error_of(const soci::soci_error& error);

  // Leaves no copy of wrapped keys that were overwritten or deleted: SQLite moves everything from the write-ahead log into the database and cuts the
  // log to nothing; PostgreSQL writes the tables that have them anew (its own log keeps them until it is recycled). `unavailable` while a reader holds on to them.
  Result<void> empty_log();
  // On PostgreSQL, writes the tables anew without a row that is dead; `unavailable` while another transaction may still see one. On SQLite, nothing.
  Result<void> write_anew(const char* tables);

 private:
  Database(std::size_t connections, const Dialect& dialect) : dialect_(dialect), pool_(connections) {}

  // SOCI's pool gives a session back as it is, so the transaction must be over by then; its own lease may wait for ever.
  class PooledSession {
   public:
    explicit PooledSession(soci::connection_pool& pool);
    ~PooledSession();
    PooledSession(const PooledSession&) = delete;
    PooledSession& operator=(const PooledSession&) = delete;
    explicit operator bool() const { return leased_; }
    soci::session& operator*() { return pool_.at(position_); }

   private:
    soci::connection_pool& pool_;
    std::size_t position_ = 0;
    bool leased_;
  };

  // Rolls back unless committed.
  class Transaction {
   public:
    Transaction(soci::session& sql, const char* begin);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

   private:
    soci::session& sql_;
    bool open_ = true;
  };

  template <class Work>
  auto run(const char* begin, Work& work) -> decltype(work(std::declval<soci::session&>())) {
    PooledSession session(pool_);
    if (!session) return busy();
    try {
      Transaction transaction(*session, begin);
      auto result = work(*session);
      if (result.has_value()) transaction.commit();
      return result;
    } catch (const soci::soci_error& error) {
      mend(*session);
      return error_of(error);
    }
  }

  static Error busy();
  // A connection that broke is made again, for the next call.
  void mend(soci::session& sql);

  const Dialect& dialect_;
  soci::connection_pool pool_;
};

// An empty file for a database, mode 0600: SQLite would create it for everybody to read. `fresh`: `exists` when there is one.
Result<void> create_private(const std::filesystem::path& file, bool fresh = false);

bool on_postgresql(soci::session& sql);

// Joins tables in the order in which they are written, where SQLite would choose another and read far too much.
const char* ordered_join(soci::session& sql);

// Runs a prepared statement once: how many rows it changed.
long long execute(soci::statement& statement);

// The next number of a named series; a transaction that fails gives it back.
long long next_number(soci::session& sql, const std::string& series);

}  // namespace frostgate::catalog
