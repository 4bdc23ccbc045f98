#include "storage/catalog/alerts.h"

#include "storage/catalog/columns.h"
#include "storage/catalog/database.h"
#include "storage/catalog/ledger_append.h"

namespace frostgate::catalog {
namespace {

constexpr const char* kColumns = "a.id, a.kind, a.severity, a.subject, a.note, a.at, a.last_at, a.repeats";

struct Row {
  Alert alert;
  long long id = 0, at = 0, last = 0, repeats = 0;

  Alert finished() const {
    Alert out = alert;
    out.id = id;
    out.at = time_from_column(at);
    out.last = time_from_column(last);
    out.repeats = repeats;
    return out;
  }
};

auto into_row(Row& row, soci::details::prepare_temp_type prepared) {
  using soci::into;
  return (prepared, into(row.id), into(row.alert.kind), into(row.alert.severity), into(row.alert.subject), into(row.alert.text), into(row.at),
          into(row.last), into(row.repeats));
}

// As JSON, for the ledger: members sorted, no blanks. The text is UTF-8; what JSON wants escaped is.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20) out += ' ';
    else out += c;
  }
  return out + "\"";
}

std::string details_of(long long id, const Alert& alert, const std::string& text) {
  return "{\"id\":" + std::to_string(id) + ",\"kind\":" + quoted(alert.kind) + ",\"severity\":" + quoted(alert.severity) + ",\"text\":" + quoted(text) + "}";
}

}  // namespace

Result<std::optional<Alert>> Alerts::raise(const Alert& alert, const std::vector<std::string>& sinks, UtcTime since, SameAlert same) {
  TRY(check_text("an alert's kind", alert.kind));
  TRY(check_text("an alert's severity", alert.severity));
  const std::string text = readable(alert.text), subject = readable(alert.subject);
  for (const std::string& sink : sinks) TRY(check_text("a sink's name", sink));
  const long long at = to_column(alert.at), from = to_column(since), more = same == SameAlert::again ? 1 : 0;
  return database_.write([&](soci::session& sql) -> Result<std::optional<Alert>> {
    using soci::use;
    soci::statement again = (sql.prepare << "UPDATE alerts SET repeats = repeats + :more, last_at = :last_at WHERE id ="
                                            " (SELECT MAX(id) FROM alerts WHERE kind = :kind AND subject = :subject AND at >= :since)",
                             use(more), use(at), use(alert.kind), use(subject), use(from));
    if (execute(again) != 0) return std::optional<Alert>();
    const long long id = next_number(sql, "alert");
    sql << "INSERT INTO alerts (id, kind, severity, subject, note, at, last_at, repeats) VALUES (:id, :kind, :severity, :subject, :note, :at,"
           " :last_at, 0)",
        use(id), use(alert.kind), use(alert.severity), use(subject), use(text), use(at), use(at);
    for (const std::string& sink : sinks) {
      sql << "INSERT INTO alert_deliveries (alert, sink, attempts, due, sent, last_error) VALUES (:alert, :sink, 0, :due, 0, '')", use(id),
          use(sink), use(at);
    }
    append_to_ledger(sql, {LedgerEvent::alert, subject, "", details_of(id, alert, text), alert.at});
    Alert out = alert;
    out.id = id;
    out.subject = subject;
    out.text = text;
    out.last = alert.at;
    out.repeats = 0;
    return std::optional<Alert>(out);
  });
}

Result<std::int64_t> Alerts::raised_since(const std::string& kind, UtcTime since) {
  TRY(check_text("an alert's kind", kind));
  const long long from = to_column(since);
  return database_.read([&](soci::session& sql) -> Result<std::int64_t> {
    long long count = 0;
    sql << "SELECT CAST(COUNT(*) AS BIGINT) FROM alerts WHERE kind = :kind AND at >= :since", soci::use(kind), soci::use(from), soci::into(count);
    return std::int64_t{count};
  });
}

Result<std::vector<AlertDelivery>> Alerts::due(const std::string& sink, UtcTime now, std::int64_t limit) {
  TRY(check_text("a sink's name", sink));
  const long long moment = to_column(now), most = limit;
  return database_.read([&](soci::session& sql) -> Result<std::vector<AlertDelivery>> {
    Row row;
    long long attempts = 0;
    soci::statement select =
        (into_row(row, (sql.prepare << std::string("SELECT ") + kColumns +
                                           ", d.attempts FROM alert_deliveries d JOIN alerts a ON a.id = d.alert"
                                           " WHERE d.sink = :sink AND d.sent = 0 AND d.due > 0 AND d.due <= :now ORDER BY a.id LIMIT :max_rows",
                        soci::use(sink), soci::use(moment), soci::use(most))),
         soci::into(attempts));
    std::vector<AlertDelivery> out;
    select.execute();
    while (select.fetch()) out.push_back({row.finished(), sink, attempts});
    return out;
  });
}

Result<void> Alerts::sent(std::int64_t alert, const std::string& sink, UtcTime now) {
  const long long id = alert, moment = to_column(now);
  return database_.write([&](soci::session& sql) -> Result<void> {
    sql << "UPDATE alert_deliveries SET sent = :sent, attempts = attempts + 1 WHERE alert = :alert AND sink = :sink", soci::use(moment),
        soci::use(id), soci::use(sink);
    return {};
  });
}

Result<void> Alerts::failed(std::int64_t alert, const std::string& sink, const std::string& why, std::optional<UtcTime> next) {
  const long long id = alert, due = to_column(next);
  const std::string text = readable(why);
  return database_.write([&](soci::session& sql) -> Result<void> {
    sql << "UPDATE alert_deliveries SET due = :due, attempts = attempts + 1, last_error = :why WHERE alert = :alert AND sink = :sink",
        soci::use(due), soci::use(text), soci::use(id), soci::use(sink);
    return {};
  });
}

Result<std::vector<AlertOutcome>> Alerts::outcomes(std::int64_t first, std::int64_t last) {
  const long long from = first, to = last;
  return database_.read([&](soci::session& sql) -> Result<std::vector<AlertOutcome>> {
    std::string sink;
    long long alert = 0, attempts = 0, sent = 0, due = 0;
    soci::statement select = (sql.prepare << "SELECT alert, sink, attempts, sent, due FROM alert_deliveries WHERE alert BETWEEN :first_id AND :last_id ORDER BY alert, sink",
                              soci::use(from), soci::use(to), soci::into(alert), soci::into(sink), soci::into(attempts), soci::into(sent), soci::into(due));
    std::vector<AlertOutcome> out;
    select.execute();
    while (select.fetch()) {
      using State = AlertOutcome::State;
      out.push_back({alert, sink, sent > 0 ? State::sent : due > 0 ? State::waiting : State::given_up, attempts});
    }
    return out;
  });
}

Result<std::int64_t> Alerts::trim(UtcTime before) {
  const long long moment = to_column(before);
  return database_.write([&](soci::session& sql) -> Result<std::int64_t> {
    soci::statement remove = (sql.prepare << "DELETE FROM alert_deliveries WHERE (sent > 0 OR due = 0) AND alert IN (SELECT id FROM alerts WHERE at < :before)", soci::use(moment));
    return execute(remove);
  });
}

Result<std::map<std::string, AlertCounts>> Alerts::counts() {
  return database_.read([](soci::session& sql) -> Result<std::map<std::string, AlertCounts>> {
    std::string sink, error;
    long long sent = 0, waiting = 0, given_up = 0;
    soci::statement select =
        (sql.prepare << "SELECT d.sink, CAST(SUM(CASE WHEN d.sent > 0 THEN 1 ELSE 0 END) AS BIGINT),"
                        " CAST(SUM(CASE WHEN d.sent = 0 AND d.due > 0 THEN 1 ELSE 0 END) AS BIGINT),"
                        " CAST(SUM(CASE WHEN d.sent = 0 AND d.due = 0 THEN 1 ELSE 0 END) AS BIGINT),"
                        " COALESCE((SELECT e.last_error FROM alert_deliveries e WHERE e.sink = d.sink AND e.last_error <> '' AND e.sent = 0"
                        " ORDER BY e.alert DESC LIMIT 1), '') FROM alert_deliveries d GROUP BY d.sink",
         soci::into(sink), soci::into(sent), soci::into(waiting), soci::into(given_up), soci::into(error));
    std::map<std::string, AlertCounts> out;
    select.execute();
    while (select.fetch()) out[sink] = {sent, waiting, given_up, error};
    return out;
  });
}

Result<std::map<std::string, std::int64_t>> Alerts::raised_by_kind() {
  return database_.read([](soci::session& sql) -> Result<std::map<std::string, std::int64_t>> {
    std::string kind;
    long long count = 0;
    soci::statement select = (sql.prepare << "SELECT kind, CAST(SUM(1 + repeats) AS BIGINT) FROM alerts GROUP BY kind", soci::into(kind), soci::into(count));
    std::map<std::string, std::int64_t> out;
    select.execute();
    while (select.fetch()) out[kind] = count;
    return out;
  });
}

Result<std::vector<Alert>> Alerts::list(std::int64_t limit, std::int64_t before) {
  const long long most = limit, below = before;
  return database_.read([&](soci::session& sql) -> Result<std::vector<Alert>> {
    Row row;
    soci::statement select = into_row(row, (sql.prepare << std::string("SELECT ") + kColumns +
                                                               " FROM alerts a WHERE (:all_rows = 0 OR a.id < :below) ORDER BY a.id DESC LIMIT :max_rows",
                                            soci::use(below), soci::use(below), soci::use(most)));
    std::vector<Alert> out;
    select.execute();
    while (select.fetch()) out.push_back(row.finished());
    return out;
  });
}

}  // namespace frostgate::catalog
