#include "gateway/serve/redaction_queue.h"

#include <condition_variable>
#include <mutex>

#include "gateway/base/log.h"
#include "gateway/serve/disk_space.h"
#include "gateway/serve/evidence_keeping.h"
#include "gateway/serve/journal_disposal.h"
#include "gateway/serve/keystroke_disposal.h"
#include "gateway/serve/quarantine.h"
#include "gateway/serve/redaction_job.h"
#include "storage/catalog/jobs.h"
#include "storage/catalog/recordings.h"

namespace frostgate::serve {
namespace {

constexpr int kAttempts = 3;
constexpr auto kRetryAfter = std::chrono::seconds(10);

// One process-wide bell would be a global; a job waits at most this long to be noticed.
constexpr auto kPollEvery = std::chrono::milliseconds(500);

void note_failure(Core& core, const catalog::ClaimedJob& job, const Error& error, std::optional<std::int64_t> killed_at) {
  log::error(job.job.key, "redaction attempt {} failed: {}", job.job.attempts, error.message);
  core.degradations.count("attempt_failed");
  const auto state = catalog::Jobs(*core.catalog).fail(job.lease, error.message, utc_now() + kRetryAfter, killed_at);
  if (!state) {
    log::error(job.job.key, "the failure could not be noted: {}", state.error().message);
    return;
  }
  const auto row = catalog::Recordings(*core.catalog).find(job.job.key);
  // While its session runs it has another chance: when the session ends.
  if (row && !row.value().ended) return;
  if (state.value() == catalog::JobState::dead) {
    if (const auto noted = quarantine(core, job.job.key, "engine_failed", error.message); !noted) {
      log::error(job.job.key, "the failure could not be noted: {}", noted.error().message);
    }
    return;
  }
  catalog::RecordingChange change;
  change.status = catalog::RecordingStatus::queued;
  if (const auto noted = catalog::Recordings(*core.catalog).update(job.job.key, change); !noted) {
    log::error(job.job.key, "the status could not be noted: {}", noted.error().message);
  }
}

}  // namespace

namespace {

Result<void> enqueue(Core& core, const char* kind, const std::string& recording, UtcTime due) {
  catalog::NewJob job;
  job.kind = kind;
  job.key = recording;
  job.run_after = due;
  job.max_attempts = kAttempts;
  TRY(catalog::Jobs(*core.catalog).enqueue(job));
  return {};
}

}  // namespace

Result<void> queue_following(Core& core, const std::string& recording, UtcTime now) {
  return enqueue(core, kFollowJob, recording, now);
}

Result<void> queue_redaction(Core& core, const std::string& recording, UtcTime due) {
  catalog::Jobs jobs(*core.catalog);
  const bool moved = TRY(jobs.reclassify(kFollowJob, recording, kRedactionJob, due));
  if (moved) return {};
  const auto followed = jobs.find(kFollowJob, recording);
  if (followed) return {};
  if (followed.error().kind != ErrorKind::not_found) return followed.error();
  return enqueue(core, kRedactionJob, recording, due);
}

Result<std::optional<catalog::ClaimedJob>> claim_job(Core& core, const std::string& kind, const std::string& worker, UtcTime now) {
  if (!room_beside_sessions(core.config, core.sessions.count())) return std::optional<catalog::ClaimedJob>();
  return catalog::Jobs(*core.catalog).claim(kind, worker, now, kLeaseDuration);
}

WorkerPool::WorkerPool(Core& core) : core_(core), turns_(core.config.redaction.workers) {
  const config::RedactionSettings& settings = core.config.redaction;
  if (settings.workers == 0) return;
  const auto start = [this](const char* kind, int number) {
    threads_.emplace_back([this, kind, number](std::stop_token stop) { work(stop, kind, core_.node + "/" + kind + "/" + std::to_string(number)); });
  };
  for (int i = 0; i < settings.workers; ++i) start(kRedactionJob, i);
  for (int i = 0; i < settings.sessions; ++i) start(kFollowJob, i);
}

WorkerPool::~WorkerPool() {
  for (std::jthread& thread : threads_) thread.request_stop();
}

void WorkerPool::work(std::stop_token stop, const char* kind, const std::string& name) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::string told;
  while (!stop.stop_requested()) {
    auto claimed = claim_job(core_, kind, name, utc_now());
    const std::string problem = claimed ? "" : claimed.error().message;
    if (problem != told && !claimed) log::error("-", "the job table cannot be read, and is tried again: {}", problem);
    told = problem;
    if (!claimed || !claimed.value()) {
      std::unique_lock lock(mutex);
      wake.wait_for(lock, stop, kPollEvery, [] { return false; });
      continue;
    }
    const catalog::ClaimedJob job = *claimed.value();
    log::info(job.job.key, "redaction starts, attempt {}", job.job.attempts);
    RedactionJob attempt(core_, turns_, job);
    const Result<void> done = attempt.run(stop);
    if (!done && !stop.stop_requested()) note_failure(core_, job, done.error(), attempt.killed_at());
    if (!done) continue;
    if (const auto stamped = stamp_manifests(core_); !stamped) log::warning(job.job.key, "{}; will try again", stamped.error().message);
    if (const auto gone = dispose_of_keystrokes(core_, job.job.key, utc_now()); !gone) {
      log::error(job.job.key, "keystrokes could not be destroyed, will try again: {}", gone.error().message);
    }
    // Where no grace is given; otherwise the house does it.
    if (const auto gone = dispose_of_journal(core_, job.job.key, utc_now()); !gone) {
      log::error(job.job.key, "what becomes of the journal could not be done, will try again: {}", gone.error().message);
    }
  }
}

}  // namespace frostgate::serve
