#include "storage/catalog/remarks.h"

#include "storage/catalog/columns.h"
#include "storage/catalog/database.h"

namespace frostgate::catalog {

Result<std::int64_t> Remarks::add(const Remark& remark) {
  TRY(check_text("a recording's id", remark.recording));
  TRY(check_name("a user's name", remark.user));
  TRY(check_text("a remark", remark.text));
  if (remark.text.empty() || remark.moment.count() < 0) return Error{ErrorKind::invalid, "a remark has a text and a moment"};
  const long long at = to_column(remark.at), moment = remark.moment.count();
  return database_.write([&](soci::session& sql) -> Result<std::int64_t> {
    using soci::use;
    std::string known;
    // Locked: a deletion that runs comes before or after, never between.
    sql << std::string("SELECT id FROM recordings WHERE id = :id ") + database_.dialect().lock_row, use(remark.recording), soci::into(known);
    if (!sql.got_data()) return Error{ErrorKind::not_found, "there is no recording " + remark.recording};
    long long count = 0;
    sql << "SELECT CAST(COUNT(*) AS BIGINT) FROM remarks WHERE recording = :recording", use(remark.recording), soci::into(count);
    if (count >= kMaxRemarks) return Error{ErrorKind::exists, "recording " + remark.recording + " has as many remarks as it may"};
    const long long id = next_number(sql, "remark");
    sql << "INSERT INTO remarks (id, recording, user_name, at, moment_us, note) VALUES (:id, :recording, :user_name, :at, :moment_us, :note)", use(id),
        use(remark.recording), use(remark.user), use(at), use(moment), use(remark.text);
    return std::int64_t{id};
  });
}

Result<std::vector<Remark>> Remarks::list(const std::string& recording) {
  TRY(check_text("a recording's id", recording));
  return database_.read([&](soci::session& sql) -> Result<std::vector<Remark>> {
    Remark row;
    row.recording = recording;
    long long id = 0, at = 0, moment = 0;
    soci::statement select = (sql.prepare << "SELECT id, user_name, at, moment_us, note FROM remarks WHERE recording = :recording ORDER BY moment_us, id",
                              soci::use(recording), soci::into(id), soci::into(row.user), soci::into(at), soci::into(moment), soci::into(row.text));
    std::vector<Remark> out;
    select.execute();
    while (select.fetch()) {
      row.id = id;
      row.at = time_from_column(at);
      row.moment = SessionTime(moment);
      out.push_back(row);
    }
    return out;
  });
}

Result<void> Remarks::remove(std::int64_t id, const std::string& recording, const std::string& user) {
  TRY(check_text("a recording's id", recording));
  TRY(check_text("a user's name", user));
  const long long number = id;
  return database_.write([&](soci::session& sql) -> Result<void> {
    soci::statement erase = (sql.prepare << "DELETE FROM remarks WHERE id = :id AND recording = :recording AND user_name = :user_name", soci::use(number),
                             soci::use(recording), soci::use(user));
    if (execute(erase) == 0) return Error{ErrorKind::not_found, "there is no such remark of " + user};
    return {};
  });
}

}  // namespace frostgate::catalog
