#include "storage/catalog/views.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "storage/catalog/columns.h"
#include "storage/catalog/database.h"
#include "storage/catalog/ledger_append.h"

namespace frostgate::catalog {
namespace {

// The ledger has an entry for so much of a film that was watched in one go, and one for the rest.
constexpr long long kNoteEvery = 60'000'000;

void note(soci::session& sql, const View& view, long long from, long long to, UtcTime at) {
  const std::string details =
      "{\"from_us\":" + std::to_string(from) + ",\"live\":" + (view.live ? "true" : "false") + ",\"to_us\":" + std::to_string(to) + "}";
  append_to_ledger(sql, {LedgerEvent::view, view.recording, view.user, details, at});
}

struct Row {
  long long number = 0, from = 0, to = 0, noted = 0, live = 0;
};

// The same user's last view of this recording, when this one goes on with it.
std::optional<Row> continued(soci::session& sql, const View& view, long long since) {
  Row row;
  const long long live = view.live ? 1 : 0, from = view.from.count();
  sql << "SELECT number, from_us, to_us, noted_us FROM views"
         " WHERE number = (SELECT MAX(number) FROM views WHERE recording = :recording AND user_name = :user_name AND live = :live)"
         " AND last_at >= :since AND from_us <= :from_us AND to_us >= :reached",
      soci::use(view.recording), soci::use(view.user), soci::use(live), soci::use(since), soci::use(from), soci::use(from),
      soci::into(row.number), soci::into(row.from), soci::into(row.to), soci::into(row.noted);
  if (!sql.got_data()) return std::nullopt;
  return row;
}

void lengthen(soci::session& sql, const View& view, Row row) {
  row.to = std::max<long long>(row.to, view.to.count());
  if (row.to - row.noted >= kNoteEvery) {
    note(sql, view, row.noted, row.to, view.at);
    row.noted = row.to;
  }
  const long long at = to_column(view.at);
  sql << "UPDATE views SET to_us = :to_us, noted_us = :noted_us, last_at = :last_at WHERE number = :number", soci::use(row.to), soci::use(row.noted),
      soci::use(at), soci::use(row.number);
}

}  // namespace

Result<void> Views::add(const View& view, Microseconds same) {
  TRY(check_text("a recording's id", view.recording));
  TRY(check_name("a user's name", view.user));
  const long long at = to_column(view.at), from = view.from.count(), to = view.to.count(), live = view.live ? 1 : 0;
  const long long since = to_column(view.at - same);
  return database_.write([&](soci::session& sql) -> Result<void> {
    if (const std::optional<Row> before = continued(sql, view, since)) {
      lengthen(sql, view, *before);
      return {};
    }
    const long long number = next_number(sql, "view");
    soci::statement insert =
        (sql.prepare << "INSERT INTO views (number, recording, user_name, at, last_at, from_us, to_us, live, noted_us)"
                        " SELECT :number, id, :user_name, :at, :last_at, :from_us, :to_us, :live, :noted_us FROM recordings WHERE id = :recording",
         soci::use(number), soci::use(view.user), soci::use(at), soci::use(at), soci::use(from), soci::use(to), soci::use(live), soci::use(to),
         soci::use(view.recording));
    if (execute(insert) == 0) return Error{ErrorKind::not_found, "there is no recording " + view.recording};
    note(sql, view, from, to, view.at);
    return {};
  });
}

Result<int> Views::settle(UtcTime before, UtcTime now) {
  const long long moment = to_column(before);
  return database_.write([&](soci::session& sql) -> Result<int> {
    std::vector<std::pair<View, Row>> open;
    {
      View view;
      Row row;
      soci::statement select = (sql.prepare << "SELECT number, recording, user_name, to_us, noted_us, live FROM views WHERE noted_us < to_us AND last_at < :before",
                                soci::use(moment), soci::into(row.number), soci::into(view.recording), soci::into(view.user), soci::into(row.to),
                                soci::into(row.noted), soci::into(row.live));
      select.execute();
      while (select.fetch()) {
        view.live = row.live != 0;
        open.emplace_back(view, row);
      }
    }
    for (const auto& [view, row] : open) {
      note(sql, view, row.noted, row.to, now);
      sql << "UPDATE views SET noted_us = to_us WHERE number = :number", soci::use(row.number);
    }
    return static_cast<int>(open.size());
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
