#include "storage/catalog/thumbnails.h"

#include "storage/catalog/columns.h"
#include "storage/catalog/database.h"
#include "storage/catalog/fence.h"

namespace frostgate::catalog {
namespace {

constexpr const char* kSelectThumbnails = "SELECT number, at_us, width, height, object_key FROM thumbnails WHERE recording = :recording";

struct StoredThumbnail {
  long long number = 0, at = 0, width = 0, height = 0;
  std::string object_key;

  ThumbnailRow finished() const {
    return {static_cast<int>(number), SessionTime(at), {static_cast<int>(width), static_cast<int>(height)}, object_key};
  }
};

auto into_row(StoredThumbnail& row, soci::details::prepare_temp_type prepared) {
  return (prepared, soci::into(row.number), soci::into(row.at), soci::into(row.width), soci::into(row.height), soci::into(row.object_key));
}

}  // namespace

Result<void> Thumbnails::replace(const std::string& recording, const std::vector<ThumbnailRow>& rows, const std::optional<Lease>& lease) {
  TRY(check_text("a recording's id", recording));
  for (const ThumbnailRow& row : rows) TRY(check_text("an object's key", row.object_key));
  return database_.write([&](soci::session& sql) -> Result<void> {
    if (lease) TRY(check_lease(sql, database_.dialect(), *lease));
    std::string known;
    sql << std::string("SELECT id FROM recordings WHERE id = :id ") + database_.dialect().lock_row, soci::use(recording), soci::into(known);
    if (!sql.got_data()) return Error{ErrorKind::not_found, "there is no recording " + recording};
    sql << "DELETE FROM thumbnails WHERE recording = :recording", soci::use(recording);
    for (const ThumbnailRow& row : rows) {
      const long long number = row.number, at = row.at.count(), width = row.size.width, height = row.size.height;
      sql << "INSERT INTO thumbnails (recording, number, at_us, width, height, object_key)"
             " VALUES (:recording, :number, :at_us, :width, :height, :object_key)",
          soci::use(recording), soci::use(number), soci::use(at), soci::use(width), soci::use(height), soci::use(row.object_key);
    }
    return {};
  });
}

Result<std::vector<ThumbnailRow>> Thumbnails::list(const std::string& recording) {
  TRY(check_text("a recording's id", recording));
  return database_.read([&](soci::session& sql) -> Result<std::vector<ThumbnailRow>> {
    StoredThumbnail row;
    soci::statement select = into_row(row, (sql.prepare << std::string(kSelectThumbnails) + " ORDER BY number", soci::use(recording)));
    std::vector<ThumbnailRow> rows;
    select.execute();
    while (select.fetch()) rows.push_back(row.finished());
    return rows;
  });
}

Result<ThumbnailRow> Thumbnails::find(const std::string& recording, int number) {
  TRY(check_text("a recording's id", recording));
  const long long wanted = number;
  return database_.read([&](soci::session& sql) -> Result<ThumbnailRow> {
    StoredThumbnail row;
    soci::statement select =
        into_row(row, (sql.prepare << std::string(kSelectThumbnails) + " AND number = :number", soci::use(recording), soci::use(wanted)));
    if (!select.execute(true)) return Error{ErrorKind::not_found, "the film of " + recording + " has no such thumbnail"};
    return row.finished();
  });
}

}  // namespace frostgate::catalog
