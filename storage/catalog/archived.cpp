#include "storage/catalog/archived.h"

#include "storage/catalog/columns.h"
#include "storage/catalog/database.h"
#include "storage/catalog/ledger_append.h"

namespace frostgate::catalog {

Result<void> ArchivedFilms::add(const std::string& recording, std::int64_t generation, UtcTime now) {
  TRY(check_text("a recording's id", recording));
  const long long at = to_column(now);
  return database_.write([&](soci::session& sql) -> Result<void> {
    long long shown = 0;
    sql << std::string("SELECT generation FROM recordings WHERE id = :id ") + database_.dialect().lock_row, soci::use(recording), soci::into(shown);
    if (!sql.got_data()) return Error{ErrorKind::not_found, "there is no recording " + recording};
    if (shown != generation) return Error{ErrorKind::unavailable, "the film of " + recording + " was made again meanwhile, and will be archived another time"};
    soci::statement insert = (sql.prepare << "INSERT INTO archived_films (recording, at) VALUES (:recording, :at) ON CONFLICT DO NOTHING", soci::use(recording), soci::use(at));
    if (execute(insert) == 0) return {};
    append_to_ledger(sql, {LedgerEvent::configuration, recording, "", R"({"archived":true})", now});
    return {};
  });
}

Result<std::set<std::string>> ArchivedFilms::all() {
  return database_.read([](soci::session& sql) -> Result<std::set<std::string>> {
    std::string recording;
    soci::statement select = (sql.prepare << "SELECT recording FROM archived_films", soci::into(recording));
    std::set<std::string> out;
    select.execute();
    while (select.fetch()) out.insert(recording);
    return out;
  });
}

Result<bool> ArchivedFilms::any() {
  return database_.read([](soci::session& sql) -> Result<bool> {
    std::string recording;
    sql << "SELECT recording FROM archived_films LIMIT 1", soci::into(recording);
    return sql.got_data();
  });
}

}  // namespace frostgate::catalog
