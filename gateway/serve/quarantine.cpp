#include "gateway/serve/quarantine.h"

#include <nlohmann/json.hpp>

#include "gateway/base/log.h"
#include "gateway/serve/alarms.h"
#include "gateway/serve/redaction_queue.h"
#include "storage/catalog/jobs.h"

namespace frostgate::serve {

Result<void> quarantine(Core& core, const std::string& recording, const std::string& reason, const std::string& what) {
  catalog::Recordings recordings(*core.catalog);
  const catalog::Recording row = TRY(recordings.find(recording));
  nlohmann::json report = nlohmann::json::parse(row.report_json, nullptr, false);
  if (!report.is_object()) report = nlohmann::json::object();
  report["redaction"] = {{"status", "failed"}, {"reasons", nlohmann::json::array({reason})}, {"error", what}};
  catalog::RecordingChange change;
  change.status = catalog::RecordingStatus::failed;
  change.report_json = report.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  TRY(recordings.update(recording, change));
  core.degradations.count(reason);
  core.events.post({EventKind::recording, recording, "failed", row.user, row.target, row.tags});
  raise_alert(core, {"redaction.failed", alerts::Severity::critical, recording,
                     "The redaction of " + row.user + " on " + row.target + " (session " + recording + ") has failed (" + reason +
                         "); nothing of it is published. frostgate recordings retry " + recording + " tries again."},
              utc_now());
  log::error(recording, "redaction failed: reason={}; quarantined: nothing of it is published, its journal and keys are kept; "
                        "\"frostgate recordings retry {}\" tries again", reason, recording);
  return {};
}

void quarantine_abandoned(Core& core) {
  const auto jobs = catalog::Jobs(*core.catalog).list(catalog::JobState::dead);
  if (!jobs) {
    log::error("-", "the job table cannot be read: {}", jobs.error().message);
    return;
  }
  for (const catalog::Job& job : jobs.value()) {
    if (job.kind != kRedactionJob && job.kind != kFollowJob) continue;
    const auto row = catalog::Recordings(*core.catalog).find(job.key);
    // While its session runs it has another chance.
    if (!row || !row.value().ended) continue;
    const auto status = row.value().status;
    if (status != catalog::RecordingStatus::queued && status != catalog::RecordingStatus::redacting) continue;
    const auto noted = quarantine(core, job.key, "engine_failed", "the gateway stopped during the last attempt");
    if (!noted) log::error(job.key, "the failure could not be noted: {}", noted.error().message);
  }
}

Result<catalog::Recording> released(Core& core, const std::string& recording) {
  catalog::Recording row = TRY(catalog::Recordings(*core.catalog).find(recording));
  if (row.status == catalog::RecordingStatus::failed) {
    return Error{ErrorKind::denied, "recording " + recording + " is quarantined: its redaction failed, so nothing of it is handed "
                                    "out. \"frostgate recordings show\" says why"};
  }
  const bool redacted = row.status == catalog::RecordingStatus::clean || row.status == catalog::RecordingStatus::degraded;
  if (row.generation == 0 && redacted) {
    return Error{ErrorKind::not_found, "recording " + recording + " has no film: nothing was recorded"};
  }
  if (row.generation == 0) {
    return Error{ErrorKind::not_found, "recording " + recording + " has no film yet; its status is \"" +
                                           catalog::to_string(row.status) + "\""};
  }
  return row;
}

Result<void> retry_redaction(Core& core, const std::string& recording, UtcTime now) {
  catalog::Recordings recordings(*core.catalog);
  const catalog::Recording row = TRY(recordings.find(recording));
  if (row.status != catalog::RecordingStatus::failed) {
    return Error{ErrorKind::denied, "recording " + recording + " is not quarantined; its status is \"" +
                                        catalog::to_string(row.status) + "\""};
  }
  // The status first: a job without it would be done, a status without a job is queued when serve starts.
  catalog::RecordingChange change;
  change.status = catalog::RecordingStatus::queued;
  TRY(recordings.update(recording, change));
  catalog::Jobs jobs(*core.catalog);
  const Result<void> revived = jobs.revive(kRedactionJob, recording, now);
  if (revived || revived.error().kind != ErrorKind::not_found) return revived;
  return jobs.revive(kFollowJob, recording, now);  // it died after it had followed the session
}

}  // namespace frostgate::serve
