#include "storage/catalog/views.h"

#include "storage/catalog/columns.h"
#include "storage/catalog/database.h"

namespace frostgate::catalog {

Result<void> Views::add(const View& view, Microseconds same) {
  TRY(check_text("a recording's id", view.recording));
  TRY(check_name("a user's name", view.user));
  const long long at = to_column(view.at), from = view.from.count(), to = view.to.count(), live = view.live ? 1 : 0;
  const long long since = to_column(view.at - same);
  return database_.write([&](soci::session& sql) -> Result<void> {
    soci::statement lengthen =
        (sql.prepare << "UPDATE views SET to_us = CASE WHEN to_us < :to_us THEN :longer ELSE to_us END, last_at = :last_at"
                        " WHERE number = (SELECT MAX(number) FROM views WHERE recording = :recording AND user_name = :user_name AND live = :live)"
                        " AND last_at >= :since AND from_us <= :from_us AND to_us >= :reached",
         soci::use(to), soci::use(to), soci::use(at), soci::use(view.recording), soci::use(view.user), soci::use(live), soci::use(since), soci::use(from),
         soci::use(from));
    if (execute(lengthen) > 0) return {};
    const long long number = next_number(sql, "view");
    soci::statement insert =
        (sql.prepare << "INSERT INTO views (number, recording, user_name, at, last_at, from_us, to_us, live)"
                        " SELECT :number, id, :user_name, :at, :last_at, :from_us, :to_us, :live FROM recordings WHERE id = :recording",
         soci::use(number), soci::use(view.user), soci::use(at), soci::use(at), soci::use(from), soci::use(to), soci::use(live), soci::use(view.recording));
    if (execute(insert) == 0) return Error{ErrorKind::not_found, "there is no recording " + view.recording};
    return {};
  });
}

Result<std::vector<View>> Views::list(const std::string& recording) {
  TRY(check_text("a recording's id", recording));
  return database_.read([&](soci::session& sql) -> Result<std::vector<View>> {
    View view;
    long long at = 0, from = 0, to = 0, live = 0;
    soci::statement select = (sql.prepare << "SELECT recording, user_name, at, from_us, to_us, live FROM views WHERE recording = :recording ORDER BY number",
                              soci::use(recording), soci::into(view.recording), soci::into(view.user), soci::into(at), soci::into(from), soci::into(to),
                              soci::into(live));
    std::vector<View> out;
    select.execute();
    while (select.fetch()) {
      view.at = time_from_column(at);
      view.from = SessionTime(from);
      view.to = SessionTime(to);
      view.live = live != 0;
      out.push_back(view);
    }
    return out;
  });
}

}  // namespace frostgate::catalog
