#include "storage/catalog/row_transfer.h"

#include <soci/postgresql/soci-postgresql.h>

#include <string>
#include <string_view>
#include <vector>

namespace frostgate::catalog {
namespace {

constexpr std::size_t kFlushBytes = std::size_t{256} << 10;

struct Table {
  std::string name;
  std::vector<std::string> columns;

  std::string list(const char* before = "\"", const char* after = "\"") const {
    std::string out;
    for (const std::string& column : columns) out += (out.empty() ? "" : ", ") + std::string(before) + column + after;
    return out;
  }
};

// SQLite's, in the order in which they were made: none refers to a later one. The text index, with the tables behind it, is made of text_lines.
std::vector<Table> tables_of(soci::session& sqlite) {
  std::vector<Table> out;
  std::string text;
  soci::statement tables = (sqlite.prepare << "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
                                              " AND name NOT LIKE 'text_index%' AND name <> 'schema_version' ORDER BY rowid",
                            soci::into(text));
  tables.execute();
  while (tables.fetch()) out.push_back({text, {}});
  for (Table& table : out) {
    soci::statement columns = (sqlite.prepare << "SELECT name FROM pragma_table_info(:name) ORDER BY cid", soci::use(table.name), soci::into(text));
    columns.execute();
    while (columns.fetch()) table.columns.push_back(text);
  }
  return out;
}

PGconn* connection_of(soci::session& postgresql) { return static_cast<soci::postgresql_session_backend*>(postgresql.get_backend())->conn_; }

// One COPY, from its statement to its end; abandoned by the destructor, so that the connection can be used again.
class Copy {
 public:
  Copy(PGconn* connection, const std::string& statement, ExecStatusType expected) : connection_(connection) { check(PQexec(connection_, statement.c_str()), expected); }
  ~Copy() {
    if (!open_) return;
    if (PQputCopyEnd(connection_, "abandoned") != 1) {
      char* row = nullptr;
      while (PQgetCopyData(connection_, &row, 0) > 0) PQfreemem(row);
    }
    while (PGresult* result = PQgetResult(connection_)) PQclear(result);
  }
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;

  // The next row with its line's end; false after the last.
  bool read(std::string& row) {
    char* bytes = nullptr;
    const int size = PQgetCopyData(connection_, &bytes, 0);
    if (size > 0) {
      row.assign(bytes, static_cast<std::size_t>(size));
      PQfreemem(bytes);
      return true;
    }
    finish();
    return false;
  }
  void write(const std::string& rows) {
    if (PQputCopyData(connection_, rows.data(), static_cast<int>(rows.size())) != 1) throw soci::postgresql_soci_error(PQerrorMessage(connection_), "08006");
  }
  void end() {
    if (PQputCopyEnd(connection_, nullptr) != 1) throw soci::postgresql_soci_error(PQerrorMessage(connection_), "08006");
    finish();
  }

 private:
  void finish() {
    open_ = false;
    PGresult* result = PQgetResult(connection_);
    while (PGresult* next = PQgetResult(connection_)) PQclear(next);
    check(result, PGRES_COMMAND_OK);
  }
  void check(PGresult* result, ExecStatusType expected) {
    const ExecStatusType status = PQresultStatus(result);
    const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const std::string kept = state ? state : "08006";
    PQclear(result);
    if (status != expected) throw soci::postgresql_soci_error(PQerrorMessage(connection_), kept.c_str());
  }

  PGconn* connection_;
  bool open_ = true;
};

// A row of COPY's text format (PostgreSQL's manual, "COPY"). False when it has not that many values, or one that is not there: no column may be null.
bool split(std::string_view row, std::vector<std::string>& values) {
  if (!row.ends_with('\n')) return false;
  row.remove_suffix(1);
  std::size_t at = 0;
  for (std::string& value : values) value.clear();
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (row[i] == '\t') {
      if (++at == values.size()) return false;
      continue;
    }
    if (row[i] != '\\') {
      values[at] += row[i];
      continue;
    }
    if (++i == row.size() || row[i] == 'N') return false;
    constexpr std::string_view kLetters = "btnvfr", kMeant = "\b\t\n\v\f\r";
    const std::size_t letter = kLetters.find(row[i]);
    values[at] += letter == std::string_view::npos ? row[i] : kMeant[letter];
  }
  return at + 1 == values.size();
}

void append_escaped(std::string& out, const std::string& value) {
  for (const char c : value) {
    switch (c) {
      case '\\': out += "\\\\"; break;
      case '\t': out += "\\t"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      default: out += c;
    }
  }
}

Result<void> to_sqlite(PGconn* from, soci::session& sqlite, const Table& table) {
  sqlite << "DELETE FROM \"" + table.name + "\"";
  std::vector<std::string> values(table.columns.size());
  soci::statement insert(sqlite);
  for (std::string& value : values) insert.exchange(soci::use(value));
  insert.alloc();
  // Numbers come as text, which the columns' affinity turns into numbers.
  insert.prepare("INSERT INTO \"" + table.name + "\" (" + table.list() + ") VALUES (" + table.list(":", "_") + ")");
  insert.define_and_bind();
  Copy copy(from, "COPY \"" + table.name + "\" (" + table.list() + ") TO STDOUT", PGRES_COPY_OUT);
  for (std::string row; copy.read(row);) {
    if (!split(row, values)) return Error{ErrorKind::corrupt, "a row of " + table.name + " in PostgreSQL is not one of a catalog"};
    insert.execute(true);
  }
  return {};
}

void to_postgresql(soci::session& sqlite, PGconn* to, const Table& table) {
  std::vector<std::string> values(table.columns.size());
  soci::statement select(sqlite);
  for (std::string& value : values) select.exchange(soci::into(value));
  select.alloc();
  select.prepare("SELECT " + table.list("CAST(\"", "\" AS TEXT)") + " FROM \"" + table.name + "\"");
  select.define_and_bind();
  select.execute();
  Copy copy(to, "COPY \"" + table.name + "\" (" + table.list() + ") FROM STDIN", PGRES_COPY_IN);
  std::string rows;
  while (select.fetch()) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i > 0) rows += '\t';
      append_escaped(rows, values[i]);
    }
    rows += '\n';
    if (rows.size() < kFlushBytes) continue;
    copy.write(rows);
    rows.clear();
  }
  copy.write(rows);
  copy.end();
}

}  // namespace

Result<void> rows_to_sqlite(soci::session& postgresql, soci::session& sqlite) {
  PGconn* from = connection_of(postgresql);
  for (const Table& table : tables_of(sqlite)) TRY(to_sqlite(from, sqlite, table));
  return {};
}

Result<void> rows_to_postgresql(soci::session& sqlite, soci::session& postgresql) {
  const std::vector<Table> tables = tables_of(sqlite);
  // Their files go with them: nothing of what was there stays on the disk.
  std::string all = "text_index";
  for (const Table& table : tables) all += ", \"" + table.name + "\"";
  postgresql << "TRUNCATE " + all;
  PGconn* to = connection_of(postgresql);
  for (const Table& table : tables) to_postgresql(sqlite, to, table);
  return {};
}

}  // namespace frostgate::catalog
