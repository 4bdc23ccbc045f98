#include "storage/catalog/recording_row.h"

#include <algorithm>
#include <limits>
#include <string_view>

#include "storage/catalog/columns.h"
#include "storage/catalog/conditions.h"

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
          soci::into(row.original), soci::into(text.retention_class), soci::into(row.generation), soci::into(row.number));
}

namespace {

constexpr std::size_t kAtOnce = 500;

std::string listed(Conditions& conditions, std::span<const Recording> recordings) {
  std::string out;
  for (const Recording& one : recordings) out += (out.empty() ? "recording IN (" : ", ") + conditions.text(one.id);
  return out + ")";
}

}  // namespace

void read_tags(soci::session& sql, std::span<Recording> recordings) {
  for (std::size_t begin = 0; begin < recordings.size(); begin += kAtOnce) {
    const std::span<Recording> some = recordings.subspan(begin, std::min(kAtOnce, recordings.size() - begin));
    std::map<std::string_view, Recording*> by_id;
    for (Recording& one : some) by_id[one.id] = &one;
    Conditions conditions;
    conditions.add(listed(conditions, some));
    std::string id, name, value;
    soci::statement select = (conditions.bind(sql.prepare << "SELECT recording, name, value FROM recording_tags" + conditions.where()), soci::into(id), soci::into(name), soci::into(value));
    select.execute();
    while (select.fetch()) by_id.at(id)->tags[name] = value;
  }
}

std::vector<std::map<std::string, std::int64_t>> masks_of(soci::session& sql, std::span<const Recording> recordings) {
  std::vector<std::map<std::string, std::int64_t>> out(recordings.size());
  for (std::size_t begin = 0; begin < recordings.size(); begin += kAtOnce) {
    const std::span<const Recording> some = recordings.subspan(begin, std::min(kAtOnce, recordings.size() - begin));
    std::map<std::string_view, std::size_t> by_id;
    for (std::size_t i = 0; i < some.size(); ++i) by_id[some[i].id] = begin + i;
    Conditions conditions;
    conditions.add(listed(conditions, some));
    std::string id, rule;
    long long count = 0;
    soci::statement select = (conditions.bind(sql.prepare << "SELECT recording, rule, count FROM recording_masks" + conditions.where()), soci::into(id), soci::into(rule), soci::into(count));
    select.execute();
    while (select.fetch()) out[by_id.at(id)][rule] = count;
  }
  return out;
}

}  // namespace frostgate::catalog
