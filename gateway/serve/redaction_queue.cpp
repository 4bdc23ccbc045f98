#include "gateway/serve/redaction_queue.h"

#include <condition_variable>
#include <mutex>

#include "gateway/base/log.h"
#include "gateway/serve/redaction_job.h"
#include "storage/catalog/jobs.h"
#include "storage/catalog/recordings.h"

namespace frostgate::serve {
namespace {

constexpr const char* kJobKind = "redact";
constexpr int kAttempts = 3;
constexpr auto kRetryAfter = std::chrono::seconds(10);

// One process-wide bell would be a global; a job waits at most this long to be noticed.
constexpr auto kPollEvery = std::chrono::milliseconds(500);

void note_failure(Core& core, const catalog::ClaimedJob& job, const Error& error) {
  log::error(job.job.key, "redaction attempt {} failed: {}", job.job.attempts, error.message);
  const auto state = catalog::Jobs(*core.catalog).fail(job.lease, error.message, utc_now() + kRetryAfter);
  if (!state) {
    log::error(job.job.key, "the failure could not be noted: {}", state.error().message);
    return;
  }
  catalog::RecordingChange change;
  change.status = state.value() == catalog::JobState::dead ? catalog::RecordingStatus::failed
                                                            : catalog::RecordingStatus::queued;
  if (const auto noted = catalog::Recordings(*core.catalog).update(job.job.key, change); !noted) {
    log::error(job.job.key, "the status could not be noted: {}", noted.error().message);
  }
  if (state.value() == catalog::JobState::dead) {
    log::error(job.job.key, "no film: redaction failed {} times; the journal is kept until somebody decides", kAttempts);
  }
}

}  // namespace

Result<void> queue_redaction(Core& core, const std::string& recording, UtcTime now) {
  catalog::NewJob job;
  job.kind = kJobKind;
  job.key = recording;
  job.run_after = now;
  job.max_attempts = kAttempts;
  TRY(catalog::Jobs(*core.catalog).enqueue(job));
  return {};
}

WorkerPool::WorkerPool(Core& core) : core_(core) {
  for (int i = 0; i < core.config.redaction.workers; ++i) {
    threads_.emplace_back([this, i](std::stop_token stop) { work(stop, core_.node + "/" + std::to_string(i)); });
  }
}

WorkerPool::~WorkerPool() {
  for (std::jthread& thread : threads_) thread.request_stop();
}

void WorkerPool::work(std::stop_token stop, const std::string& name) {
  std::mutex mutex;
  std::condition_variable_any wake;
  while (!stop.stop_requested()) {
    auto claimed = catalog::Jobs(*core_.catalog).claim(kJobKind, name, utc_now(), kLeaseDuration);
    if (!claimed) log::error("-", "the job table cannot be read: {}", claimed.error().message);
    if (!claimed || !claimed.value()) {
      std::unique_lock lock(mutex);
      wake.wait_for(lock, stop, kPollEvery, [] { return false; });
      continue;
    }
    const catalog::ClaimedJob job = *claimed.value();
    log::info(job.job.key, "redaction starts, attempt {}", job.job.attempts);
    const Result<void> done = RedactionJob(core_, job).run(stop);
    if (!done && !stop.stop_requested()) note_failure(core_, job, done.error());
  }
}

}  // namespace frostgate::serve
