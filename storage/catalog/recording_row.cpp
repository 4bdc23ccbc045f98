#include "storage/catalog/recording_row.h"

#include <limits>

#include "storage/catalog/columns.h"

namespace frostgate::catalog {
namespace {

constexpr Front kFronts[] = {Front::rdp, Front::vnc, Front::browser};
constexpr Protocol kProtocols[] = {Protocol::rdp, Protocol::vnc};
constexpr RecordingStatus kStatuses[] = {RecordingStatus::recording, RecordingStatus::queued,   RecordingStatus::redacting,
                                         RecordingStatus::clean,     RecordingStatus::degraded, RecordingStatus::failed};
constexpr Original kOriginals[] = {Original::discard, Original::sealed};

}  // namespace

Result<RecordingStatus> recording_status(const std::string& word) { return from_word(word, kStatuses); }

RecordingRow::RecordingRow(const Recording& recording)
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

Result<Recording> RecordingRow::finished() const {
  Recording result = fields;
  result.front = TRY(from_word(front, kFronts));
  result.back = TRY(from_word(back, kProtocols));
  result.status = TRY(recording_status(status));
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

soci::details::prepare_temp_type into_row(RecordingRow& row, soci::details::prepare_temp_type prepared) {
  Recording& text = row.fields;
  return (prepared, soci::into(text.id), soci::into(text.user), soci::into(text.target), soci::into(row.front),
          soci::into(row.back), soci::into(text.peer), soci::into(text.node), soci::into(text.rule),
          soci::into(text.policy_digest), soci::into(row.started), soci::into(row.ended), soci::into(text.end_reason),
          soci::into(row.status), soci::into(row.interrupted), soci::into(row.progress), soci::into(text.journal_directory),
          soci::into(row.film_duration), soci::into(row.width), soci::into(row.height), soci::into(text.report_json),
          soci::into(row.original), soci::into(row.generation), soci::into(row.number));
}

void read_tags(soci::session& sql, Recording& recording) {
  std::string name, value;
  soci::statement select = (sql.prepare << "SELECT name, value FROM recording_tags WHERE recording = :recording", soci::use(recording.id),
                            soci::into(name), soci::into(value));
  select.execute();
  while (select.fetch()) recording.tags[name] = value;
}

}  // namespace frostgate::catalog
