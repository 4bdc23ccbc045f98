#include "gateway/serve/recovery.h"

#include <algorithm>
#include <filesystem>

#include "gateway/base/log.h"
#include "gateway/evidence/trusted_signers.h"
#include "gateway/serve/alarms.h"
#include "gateway/serve/audit.h"
#include "gateway/serve/catalog_copy.h"
#include "gateway/serve/late_deletions.h"
#include "gateway/serve/recording_pause.h"
#include "gateway/serve/redaction_queue.h"
#include "gateway/serve/retention.h"
#include "storage/catalog/jobs.h"
#include "storage/catalog/recordings.h"

namespace frostgate::serve {
namespace {

// Relays without a serve are gone after this long.
constexpr auto kOrphans = std::chrono::seconds(6);

// When the session was there for the last time: the journal was written twice a second, and the machine may have been down for days since.
UtcTime end_of(const catalog::Recording& session, UtcTime now) {
  UtcTime last = session.started;
  std::error_code failed;
  for (std::filesystem::directory_iterator file(session.journal_directory, failed), none; !failed && file != none; file.increment(failed)) {
    std::error_code gone;
    const auto written = file->last_write_time(gone);
    if (!gone && file->is_regular_file(gone)) last = std::max(last, std::chrono::floor<Microseconds>(std::chrono::file_clock::to_sys(written)));
  }
  return now - last < kOrphans ? now : last;  // its relay may still write
}

constexpr std::size_t kMostProblemsTold = 100;  // of a vault that was lost, there are as many as films

void tell(Core& core, const char* what, const Reconciliation& found) {
  const std::size_t told = std::min(found.problems.size(), kMostProblemsTold);
  for (std::size_t i = 0; i < told; ++i) log::error("-", "at start: {}", found.problems[i]);
  if (told < found.problems.size()) log::error("-", "at start: {} more; verify --all tells of each", found.problems.size() - told);
  for (const std::string& recording : found.adopted) log::warning(recording, "its film was signed, and the catalog did not have it: taken over");
  if (!found.problems.empty()) {
    raise_alert(core, {"tamper.found", alerts::Severity::critical, "vault",
                       "Catalog and vault disagree (" + std::to_string(found.problems.size()) + " problems): " + found.problems.front() + "."},
                utc_now());
  }
  log::info("-", "catalog and vault compared, {}: {} writes that never ended and {} objects that were never entered removed, {} problems", what,
            found.unfinished_writes, found.unentered_objects, found.problems.size());
}

}  // namespace

Result<std::unique_ptr<Recovery>> Recovery::begin(Core& core) {
  std::unique_ptr<Recovery> recovery(new Recovery(core));
  TRY(recovery->compare_unfinished());
  TRY(recovery->take_up_sessions());
  return recovery;
}

Result<void> Recovery::compare_unfinished() {
  // A backup that was cut short may have left its copy; one that runs keeps it.
  if (const auto claimed = claim_catalog_copy(core_.config); !claimed) log::info("-", "{}", claimed.error().message);
  const auto trusted = TRY(evidence::trusted_signers(core_.config.signing_certificate(), core_.config.evidence.earlier_certificates));
  const LateDeletions late = TRY(catch_up_on_deletions(*core_.catalog, *core_.objects, trusted));
  for (const std::string& recording : late.deleted) log::warning(recording, "deleted: its tombstone says so, and the catalog did not know");
  for (const std::string& problem : late.problems) log::error("-", "at start: {}", problem);
  tell(core_, "but for finished films", TRY(reconciler_.unfinished()));
  return {};
}

// Sessions whose serve died: their relays close the journals, or died with them. Either way there is a film.
Result<void> Recovery::take_up_sessions() {
  // No worker of this machine outlived the serve before us.
  TRY(catalog::Jobs(*core_.catalog).expire(core_.node + "/", utc_now() + kOrphans));
  catalog::Recordings recordings(*core_.catalog);
  catalog::RecordingFilter filter;
  filter.node = core_.node;
  filter.status = catalog::RecordingStatus::recording;
  filter.limit = 1'000'000;  // all of them
  filter.with_report = false;
  for (const catalog::Recording& row : TRY(recordings.list(filter))) {
    catalog::RecordingChange change;
    change.ended = end_of(row, utc_now());
    change.end_reason = "the gateway stopped";
    change.interrupted = true;
    change.status = catalog::RecordingStatus::queued;
    TRY(recordings.update(row.id, change));
    settle_pause(core_, row.id, utc_now());
    note(core_, catalog::LedgerEvent::ended, row.id, "", {{"reason", *change.end_reason}, {"interrupted", true}}, utc_now());
    TRY(queue_redaction(core_, row.id, utc_now() + kOrphans));
    log::warning(row.id, "the gateway stopped during this session; what was recorded will be redacted");
  }
  // Ended, but serve died before the job was there. Queueing a job twice changes nothing.
  filter.status = catalog::RecordingStatus::queued;
  for (const catalog::Recording& row : TRY(recordings.list(filter))) TRY(queue_redaction(core_, row.id, utc_now()));
  return {};
}

void Recovery::go_on() {
  thread_ = std::jthread([this](const std::stop_token& stop) {
    finish_deletions(core_);
    const Result<Reconciliation> found = reconciler_.finished(stop);
    if (!found) return log::error("-", "catalog and vault could not be compared, and will be at the next start: {}", found.error().message);
    if (!stop.stop_requested()) tell(core_, "finished films", found.value());
  });
}

}  // namespace frostgate::serve
