// Recordings wait in the job table for a worker: a session that runs has a job that follows it, and whoever follows it to its end makes
// the film; what nobody followed to the end is redacted afterwards.
#pragma once

#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "codec/base/result.h"
#include "gateway/serve/core.h"
#include "gateway/serve/turns.h"
#include "storage/catalog/jobs.h"

namespace frostgate::serve {

// The kinds of its jobs: of a session that goes on, and of one that has ended.
inline constexpr const char* kFollowJob = "follow";
inline constexpr const char* kRedactionJob = "redact";

// A session begins.
Result<void> queue_following(Core& core, const std::string& recording, UtcTime now);
// A session has ended. When a worker follows it, nothing is to be done.
Result<void> queue_redaction(Core& core, const std::string& recording, UtcTime due);

// The next job of the kind for this worker; nothing when there is none, or while the disk has room for the sessions that run alone.
Result<std::optional<catalog::ClaimedJob>> claim_job(Core& core, const std::string& kind, const std::string& worker, UtcTime now);

class WorkerPool {
 public:
  // A thread for each worker process: redaction.workers for ended recordings, redaction.sessions for those that follow a session. No more
  // than redaction.workers of them compute at a time, taking turns. `core` outlives the pool.
  explicit WorkerPool(Core& core);
  // Kills running workers; their jobs are taken up again when their leases have run out.
  ~WorkerPool();

 private:
  void work(std::stop_token stop, const char* kind, const std::string& name);

  Core& core_;
  Turns turns_;
  std::vector<std::jthread> threads_;
};

}  // namespace frostgate::serve
