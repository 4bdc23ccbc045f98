// Ended recordings wait in the job table for a redaction worker; a pool of threads runs one worker process each.
#pragma once

#include <string>
#include <thread>
#include <vector>

#include "codec/base/result.h"
#include "gateway/serve/core.h"

namespace frostgate::serve {

Result<void> queue_redaction(Core& core, const std::string& recording, UtcTime now);

class WorkerPool {
 public:
  // Starts core.config.redaction.workers threads. `core` outlives the pool.
  explicit WorkerPool(Core& core);
  // Kills running workers; their jobs are taken up again when their leases have run out.
  ~WorkerPool();

 private:
  void work(std::stop_token stop, const std::string& name);

  Core& core_;
  std::vector<std::jthread> threads_;
};

}  // namespace frostgate::serve
