// A recording between our type and its columns. Private to this room.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "storage/catalog/database.h"
#include "storage/catalog/recordings.h"

namespace frostgate::catalog {

// What into_row() takes. A report may be megabytes, which no list shows.
inline std::string select_recording(bool with_report) {
  return std::string("SELECT id, user_name, target, front, back, peer, node, rule_name, policy_digest, started, ended, end_reason, status,"
                     " interrupted, progress, journal_directory, film_duration, film_width, film_height, ") +
         (with_report ? "report_json" : "''") + ", original, retention_class, generation, number FROM recordings r";
}

struct RecordingRow {
  Recording fields;  // the text of it
  std::string front, back, status, original;
  long long started = 0, ended = 0, interrupted = 0, film_duration = 0, width = 0, height = 0, generation = 0, number = 0;
  double progress = 0;

  RecordingRow() = default;
  explicit RecordingRow(const Recording& recording);
  // Without tags. `corrupt` for what no recording can be.
  Result<Recording> finished() const;
};

// `corrupt` for a word that is no status.
Result<RecordingStatus> recording_status(const std::string& word);

soci::details::prepare_temp_type into_row(RecordingRow& row, soci::details::prepare_temp_type prepared);
// Of all of these, in few statements.
void read_tags(soci::session& sql, std::span<Recording> recordings);
std::vector<std::map<std::string, std::int64_t>> masks_of(soci::session& sql, std::span<const Recording> recordings);

}  // namespace frostgate::catalog
