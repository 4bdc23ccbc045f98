// One row for each session that was let in, from its start to its film.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "codec/base/geometry.h"
#include "codec/base/result.h"
#include "codec/base/time.h"
#include "storage/catalog/catalog.h"
#include "storage/catalog/keys.h"
#include "storage/catalog/targets.h"

namespace frostgate::catalog {

// What the user's client spoke: of RDP and VNC clients, and of the portal's page.
enum class Front { rdp, vnc, browser };
const char* to_string(Front front);

enum class RecordingStatus { recording, queued, redacting, clean, degraded, failed };
const char* to_string(RecordingStatus status);

// What becomes of the journal once the film is there.
enum class Original { discard, sealed };
const char* to_string(Original original);

struct Recording {
  std::string id;  // 1-64 of letters, digits, '.', '_', '-'; also the session's id
  std::string user;
  std::string target;
  std::map<std::string, std::string> tags;  // the target's, when the session began; never changed
  Front front = Front::rdp;
  Protocol back = Protocol::rdp;
  std::string peer;  // the client's address
  std::string node;  // the machine whose serve runs the session
  std::string rule;
  std::string policy_digest;
  UtcTime started;
  std::optional<UtcTime> ended;
  std::string end_reason;
  RecordingStatus status = RecordingStatus::recording;
  bool interrupted = false;  // ended by a crash: the journal reaches up to its last flush
  double progress = 0;       // of redaction, 0 to 1
  std::string journal_directory;
  Microseconds film_duration{};
  Size film_size;  // the largest width and height of its parts
  std::string report_json;
  Original original = Original::discard;
  std::string retention_class;  // that its rule named; empty: none. Never changed
  std::int64_t generation = 0;  // of the film that is shown; 0 before the first. Changed by Segments::publish alone
};

// What is set is changed, the rest stays.
struct RecordingChange {
  std::optional<UtcTime> ended;
  std::optional<std::string> end_reason;
  std::optional<RecordingStatus> status;
  std::optional<bool> interrupted;
  std::optional<double> progress;
  std::optional<std::string> journal_directory;
  std::optional<Microseconds> film_duration;
  std::optional<Size> film_size;
  std::optional<std::string> report_json;
};

struct RecordingFilter {
  std::optional<std::string> user;
  std::optional<std::string> target;
  std::optional<RecordingStatus> status;
  std::optional<std::string> node;
  std::int64_t limit = 100;
  std::optional<std::pair<UtcTime, std::string>> after;  // start and id of the last one before
  bool with_report = true;  // else report_json is empty, and much less is read
};

class Recordings {
 public:
  explicit Recordings(Catalog& catalog) : database_(catalog.database()) {}

  // With its wrapped keys, so that no crash leaves a recording that has none: committed and synced when it returns a value, and only then may the first
  // byte under them be written. Noted in the ledger. Errors: `invalid` id or text, `exists`. The generation given is ignored.
  Result<void> create(const Recording& recording, std::span<const WrappedKey> keys = {});
  Result<void> update(const std::string& id, const RecordingChange& change);
  // What its film's redaction found, in place of what was known: rules, and how many masks each has.
  Result<void> set_masks(const std::string& id, const std::map<std::string, std::int64_t>& masks);
  Result<std::map<std::string, std::int64_t>> masks(const std::string& id);
  Result<std::vector<Recording>> list(const RecordingFilter& filter);  // newest first
  Result<std::vector<std::string>> ids();  // of all, oldest first
  Result<Recording> find(const std::string& id);
  Result<std::map<RecordingStatus, std::int64_t>> count_by_status();  // of all, whoever asks

 private:
  Database& database_;
};

}  // namespace frostgate::catalog
