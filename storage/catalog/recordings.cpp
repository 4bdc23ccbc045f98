#include "storage/catalog/recordings.h"

#include <cmath>
#include <limits>

#include "storage/catalog/columns.h"
#include "storage/catalog/database.h"
#include "storage/catalog/ledger_append.h"

namespace frostgate::catalog {
namespace {

constexpr Protocol kProtocols[] = {Protocol::rdp, Protocol::vnc};
constexpr RecordingStatus kStatuses[] = {RecordingStatus::recording, RecordingStatus::queued,   RecordingStatus::redacting,
                                         RecordingStatus::clean,     RecordingStatus::degraded, RecordingStatus::failed};
constexpr Original kOriginals[] = {Original::discard, Original::sealed};

constexpr const char* kSelect =
    "SELECT id, user_name, target, front, back, peer, node, rule_name, policy_digest, started, ended, end_reason, status,"
    " interrupted, progress, journal_directory, film_duration, film_width, film_height, report_json, original, generation"
    " FROM recordings";

// A recording as its columns hold it.
struct Row {
  Recording fields;  // the text of it
  std::string front, back, status, original;
  long long started = 0, ended = 0, interrupted = 0, film_duration = 0, width = 0, height = 0, generation = 0;
  double progress = 0;

  Row() = default;
  explicit Row(const Recording& recording)
      : fields(recording),
        front(to_string(recording.front)),
        back(to_string(recording.back)),
        status(to_string(recording.status)),
        original(to_string(recording.original)),
        started(to_column(recording.started)),
        ended(to_column(recording.ended)),
        interrupted(recording.interrupted ? 1 : 0),
        film_duration(recording.film_duration.count()),
        width(recording.film_size.width),
        height(recording.film_size.height),
        progress(recording.progress) {
    fields.end_reason = readable(recording.end_reason);
  }

  Result<Recording> finished() const {
    Recording result = fields;
    result.front = TRY(from_word(front, kProtocols));
    result.back = TRY(from_word(back, kProtocols));
    result.status = TRY(from_word(status, kStatuses));
    result.original = TRY(from_word(original, kOriginals));
    result.started = time_from_column(started);
    result.ended = optional_time_from_column(ended);
    result.interrupted = interrupted != 0;
    result.progress = progress;
    result.film_duration = Microseconds(film_duration);
    constexpr long long kMax = std::numeric_limits<int>::max();
    if (width < 0 || width > kMax || height < 0 || height > kMax) {
      return Error{ErrorKind::corrupt, "the catalog has an impossible film size for " + fields.id};
    }
    result.film_size = {static_cast<int>(width), static_cast<int>(height)};
    result.generation = generation;
    return result;
  }
};

auto into_row(Row& row, soci::details::prepare_temp_type prepared) {
  Recording& text = row.fields;
  return (prepared, soci::into(text.id), soci::into(text.user), soci::into(text.target), soci::into(row.front),
          soci::into(row.back), soci::into(text.peer), soci::into(text.node), soci::into(text.rule),
          soci::into(text.policy_digest), soci::into(row.started), soci::into(row.ended), soci::into(text.end_reason),
          soci::into(row.status), soci::into(row.interrupted), soci::into(row.progress), soci::into(text.journal_directory),
          soci::into(row.film_duration), soci::into(row.width), soci::into(row.height), soci::into(text.report_json),
          soci::into(row.original), soci::into(row.generation));
}

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

void read_tags(soci::session& sql, Recording& recording) {
  std::string name, value;
  soci::statement select = (sql.prepare << "SELECT name, value FROM recording_tags WHERE recording = :recording", soci::use(recording.id),
                            soci::into(name), soci::into(value));
  select.execute();
  while (select.fetch()) recording.tags[name] = value;
}

Result<Recording> select_one(soci::session& sql, const std::string& id, const std::string& locking) {
  Row row;
  soci::statement select = into_row(row, (sql.prepare << std::string(kSelect) + " WHERE id = :id " + locking, soci::use(id)));
  if (!select.execute(true)) return unknown_recording(id);
  Recording recording = TRY(row.finished());
  read_tags(sql, recording);
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

const char* to_string(Original original) {
  switch (original) {
    case Original::discard: return "discard";
    case Original::sealed: return "sealed";
  }
  return "unknown";
}

Result<void> Recordings::create(const Recording& recording) {
  TRY(check(recording));
  const Row row(recording);
  const Recording& text = row.fields;
  return database_.write([&](soci::session& sql) -> Result<void> {
    soci::statement insert =
        (sql.prepare << "INSERT INTO recordings (id, user_name, target, front, back, peer, node, rule_name, policy_digest,"
                        " started, ended, end_reason, status, interrupted, progress, journal_directory, film_duration,"
                        " film_width, film_height, report_json, original, generation, last_generation)"
                        " VALUES (:id, :user_name, :target, :front, :back, :peer, :node, :rule_name, :policy_digest,"
                        " :started, :ended, :end_reason, :status, :interrupted, :progress, :journal_directory,"
                        " :film_duration, :film_width, :film_height, :report_json, :original, 0, 0) ON CONFLICT DO NOTHING",
         soci::use(text.id), soci::use(text.user), soci::use(text.target), soci::use(row.front), soci::use(row.back),
         soci::use(text.peer), soci::use(text.node), soci::use(text.rule), soci::use(text.policy_digest),
         soci::use(row.started), soci::use(row.ended), soci::use(text.end_reason), soci::use(row.status),
         soci::use(row.interrupted), soci::use(row.progress), soci::use(text.journal_directory),
         soci::use(row.film_duration), soci::use(row.width), soci::use(row.height), soci::use(text.report_json),
         soci::use(row.original));
    if (execute(insert) == 0) return Error{ErrorKind::exists, "there is already a recording " + text.id};
    for (const auto& [name, value] : recording.tags) {
      sql << "INSERT INTO recording_tags (recording, name, value) VALUES (:recording, :name, :value)", soci::use(text.id), soci::use(name),
          soci::use(value);
    }
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
    const Row row(recording);
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

Result<std::vector<Recording>> Recordings::list(const RecordingFilter& filter) {
  if (filter.limit < 0 || filter.offset < 0) return Error{ErrorKind::invalid, "a list's limit and offset are not negative"};
  // Each filter has a switch of its own, so that the statement is the same text for all of them.
  const std::string user = filter.user.value_or("");
  const std::string target = filter.target.value_or("");
  const std::string status = filter.status ? to_string(*filter.status) : "";
  const std::string node = filter.node.value_or("");
  TRY(check_text("a user's name", user));
  TRY(check_text("a target's name", target));
  TRY(check_text("a node's name", node));
  const long long any_user = filter.user ? 0 : 1;
  const long long any_target = filter.target ? 0 : 1;
  const long long any_status = filter.status ? 0 : 1;
  const long long any_node = filter.node ? 0 : 1;
  const long long limit = filter.limit;
  const long long offset = filter.offset;
  return database_.read([&](soci::session& sql) -> Result<std::vector<Recording>> {
    Row row;
    soci::statement select =
        into_row(row, (sql.prepare << std::string(kSelect) +
                                          " WHERE (:any_user = 1 OR user_name = :user_name)"
                                          " AND (:any_target = 1 OR target = :target)"
                                          " AND (:any_status = 1 OR status = :status) AND (:any_node = 1 OR node = :node)"
                                          " ORDER BY started DESC, id DESC LIMIT :max_rows OFFSET :first_row",
                       soci::use(any_user), soci::use(user), soci::use(any_target), soci::use(target),
                       soci::use(any_status), soci::use(status), soci::use(any_node), soci::use(node), soci::use(limit),
                       soci::use(offset)));
    std::vector<Recording> recordings;
    select.execute();
    while (select.fetch()) recordings.push_back(TRY(row.finished()));
    for (Recording& recording : recordings) read_tags(sql, recording);
    return recordings;
  });
}

Result<Recording> Recordings::find(const std::string& id) {
  TRY(check_text("a recording's id", id));
  return database_.read([&](soci::session& sql) -> Result<Recording> { return select_one(sql, id, ""); });
}

}  // namespace frostgate::catalog
