#include "storage/catalog/recordings.h"

#include <cmath>

#include "storage/catalog/columns.h"
#include "storage/catalog/conditions.h"
#include "storage/catalog/key_rows.h"
#include "storage/catalog/ledger_append.h"
#include "storage/catalog/recording_row.h"

namespace frostgate::catalog {
namespace {

Error unknown_recording(const std::string& id) { return {ErrorKind::not_found, "there is no recording " + id}; }

Result<void> check(const Recording& recording) {
  TRY(check_name("a recording's id", recording.id));
  TRY(check_text("a user's name", recording.user));
  TRY(check_text("a target's name", recording.target));
  TRY(check_text("a peer's address", recording.peer));
  TRY(check_text("a node's name", recording.node));
  TRY(check_text("a rule's name", recording.rule));
  TRY(check_text("a policy's digest", recording.policy_digest));
  TRY(check_text("a journal's directory", recording.journal_directory));
  TRY(check_text("a redaction report", recording.report_json));
  for (const auto& [name, value] : recording.tags) {
    TRY(check_text("a tag's name", name));
    TRY(check_text("a tag's value", value));
  }
  if (!std::isfinite(recording.progress) || recording.progress < 0 || recording.progress > 1) {
    return Error{ErrorKind::invalid, "a recording's progress is from 0 to 1"};
  }
  if (recording.film_size.width < 0 || recording.film_size.height < 0) {
    return Error{ErrorKind::invalid, "a film's size is not negative"};
  }
  return {};
}

void apply(const RecordingChange& change, Recording& recording) {
  if (change.ended) recording.ended = change.ended;
  if (change.end_reason) recording.end_reason = *change.end_reason;
  if (change.status) recording.status = *change.status;
  if (change.interrupted) recording.interrupted = *change.interrupted;
  if (change.progress) recording.progress = *change.progress;
  if (change.journal_directory) recording.journal_directory = *change.journal_directory;
  if (change.film_duration) recording.film_duration = *change.film_duration;
  if (change.film_size) recording.film_size = *change.film_size;
  if (change.report_json) recording.report_json = *change.report_json;
}

Result<Recording> select_one(soci::session& sql, const std::string& id, const std::string& locking) {
  RecordingRow row;
  soci::statement select = into_row(row, (sql.prepare << select_recording(true) + " WHERE id = :id " + locking, soci::use(id)));
  if (!select.execute(true)) return unknown_recording(id);
  Recording recording = TRY(row.finished());
  read_tags(sql, {&recording, 1});
  return recording;
}

}  // namespace

const char* to_string(RecordingStatus status) {
  switch (status) {
    case RecordingStatus::recording: return "recording";
    case RecordingStatus::queued: return "queued";
    case RecordingStatus::redacting: return "redacting";
    case RecordingStatus::clean: return "clean";
    case RecordingStatus::degraded: return "degraded";
    case RecordingStatus::failed: return "failed";
  }
  return "unknown";
}

const char* to_string(Front front) {
  switch (front) {
    case Front::rdp: return "rdp";
    case Front::vnc: return "vnc";
    case Front::browser: return "browser";
  }
  return "unknown";
}

const char* to_string(Original original) {
  switch (original) {
    case Original::discard: return "discard";
    case Original::sealed: return "sealed";
  }
  return "unknown";
}

Result<void> Recordings::create(const Recording& recording, std::span<const WrappedKey> keys) {
  TRY(check(recording));
  const RecordingRow row(recording);
  const Recording& text = row.fields;
  return database_.write([&](soci::session& sql) -> Result<void> {
    const long long number = next_number(sql, "recording");
    soci::statement insert =
        (sql.prepare << "INSERT INTO recordings (id, user_name, target, front, back, peer, node, rule_name, policy_digest,"
                        " started, ended, end_reason, status, interrupted, progress, journal_directory, film_duration,"
                        " film_width, film_height, report_json, original, retention_class, generation, last_generation, number)"
                        " VALUES (:id, :user_name, :target, :front, :back, :peer, :node, :rule_name, :policy_digest,"
                        " :started, :ended, :end_reason, :status, :interrupted, :progress, :journal_directory,"
                        " :film_duration, :film_width, :film_height, :report_json, :original, :retention_class, 0, 0, :number) ON CONFLICT DO NOTHING",
         soci::use(text.id), soci::use(text.user), soci::use(text.target), soci::use(row.front), soci::use(row.back),
         soci::use(text.peer), soci::use(text.node), soci::use(text.rule), soci::use(text.policy_digest),
         soci::use(row.started), soci::use(row.ended), soci::use(text.end_reason), soci::use(row.status),
         soci::use(row.interrupted), soci::use(row.progress), soci::use(text.journal_directory),
         soci::use(row.film_duration), soci::use(row.width), soci::use(row.height), soci::use(text.report_json),
         soci::use(row.original), soci::use(text.retention_class), soci::use(number));
    if (execute(insert) == 0) return Error{ErrorKind::exists, "there is already a recording " + text.id};
    for (const auto& [name, value] : recording.tags) {
      sql << "INSERT INTO recording_tags (recording, name, value, number) VALUES (:recording, :name, :value, :number)", soci::use(text.id), soci::use(name),
          soci::use(value), soci::use(number);
    }
    for (const WrappedKey& key : keys) TRY(insert_key(sql, text.id, key.kind, key.bytes, recording.started));
    append_to_ledger(sql, LedgerEvent::begun, text.id, text.policy_digest, recording.started);
    return {};
  });
}

Result<void> Recordings::update(const std::string& id, const RecordingChange& change) {
  TRY(check_text("a recording's id", id));
  return database_.write([&](soci::session& sql) -> Result<void> {
    Recording recording = TRY(select_one(sql, id, database_.dialect().lock_row));
    apply(change, recording);
    TRY(check(recording));
    const RecordingRow row(recording);
    const Recording& text = row.fields;
    sql << "UPDATE recordings SET ended = :ended, end_reason = :end_reason, status = :status, interrupted = :interrupted,"
           " progress = :progress, journal_directory = :journal_directory, film_duration = :film_duration,"
           " film_width = :film_width, film_height = :film_height, report_json = :report_json WHERE id = :id",
        soci::use(row.ended), soci::use(text.end_reason), soci::use(row.status), soci::use(row.interrupted),
        soci::use(row.progress), soci::use(text.journal_directory), soci::use(row.film_duration), soci::use(row.width),
        soci::use(row.height), soci::use(text.report_json), soci::use(id);
    return {};
  });
}

Result<void> Recordings::set_masks(const std::string& id, const std::map<std::string, std::int64_t>& masks) {
  TRY(check_text("a recording's id", id));
  for (const auto& [rule, count] : masks) TRY(check_text("a rule of detection", rule));
  return database_.write([&](soci::session& sql) -> Result<void> {
    TRY(select_one(sql, id, database_.dialect().lock_row));
    sql << "DELETE FROM recording_masks WHERE recording = :recording", soci::use(id);
    for (const auto& [rule, count] : masks) {
      const long long masked = count;
      sql << "INSERT INTO recording_masks (recording, rule, count, number) SELECT id, :rule, :count, number FROM recordings WHERE id = :recording", soci::use(rule),
          soci::use(masked), soci::use(id);
    }
    return {};
  });
}

Result<std::map<std::string, std::int64_t>> Recordings::masks(const std::string& id) {
  TRY(check_text("a recording's id", id));
  return database_.read([&](soci::session& sql) -> Result<std::map<std::string, std::int64_t>> {
    Recording one;
    one.id = id;
    return masks_of(sql, {&one, 1}).front();
  });
}

Result<std::vector<Recording>> Recordings::list(const RecordingFilter& filter) {
  if (filter.limit < 0) return Error{ErrorKind::invalid, "a list's limit is not negative"};
  if (filter.after) TRY(check_text("a recording's id", filter.after->second));
  for (const auto* text : {&filter.user, &filter.target, &filter.node}) {
    if (*text) TRY(check_text("what is looked for", **text));
  }
  return database_.read([&](soci::session& sql) -> Result<std::vector<Recording>> {
    Conditions conditions;
    if (filter.user) conditions.add("user_name = " + conditions.text(*filter.user));
    if (filter.target) conditions.add("target = " + conditions.text(*filter.target));
    if (filter.status) conditions.add("status = " + conditions.text(to_string(*filter.status)));
    if (filter.node) conditions.add("node = " + conditions.text(*filter.node));
    if (filter.after) {
      const std::string started = conditions.number(to_column(filter.after->first));
      conditions.add("(started, id) < (" + started + ", " + conditions.text(filter.after->second) + ")");
    }
    const long long limit = filter.limit;
    RecordingRow row;
    soci::statement select =
        into_row(row, (conditions.bind(sql.prepare << select_recording(filter.with_report) + conditions.where() + " ORDER BY started DESC, id DESC LIMIT :max_rows"),
                       soci::use(limit)));
    std::vector<Recording> recordings;
    select.execute();
    while (select.fetch()) recordings.push_back(TRY(row.finished()));
    read_tags(sql, recordings);
    return recordings;
  });
}

Result<std::vector<std::string>> Recordings::ids() {
  return database_.read([](soci::session& sql) -> Result<std::vector<std::string>> {
    std::string id;
    soci::statement select = (sql.prepare << "SELECT id FROM recordings ORDER BY number", soci::into(id));
    std::vector<std::string> out;
    select.execute();
    while (select.fetch()) out.push_back(id);
    return out;
  });
}

Result<Recording> Recordings::find(const std::string& id) {
  TRY(check_text("a recording's id", id));
  return database_.read([&](soci::session& sql) -> Result<Recording> { return select_one(sql, id, ""); });
}

Result<std::map<RecordingStatus, std::int64_t>> Recordings::count_by_status() {
  return database_.read([](soci::session& sql) -> Result<std::map<RecordingStatus, std::int64_t>> {
    std::string status;
    long long count = 0;
    soci::statement select = (sql.prepare << "SELECT status, CAST(COUNT(*) AS BIGINT) FROM recordings GROUP BY status", soci::into(status), soci::into(count));
    std::map<RecordingStatus, std::int64_t> out;
    select.execute();
    while (select.fetch()) {
      const RecordingStatus word = TRY(recording_status(status));
      out[word] = count;
    }
    return out;
  });
}

}  // namespace frostgate::catalog
