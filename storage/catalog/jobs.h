// Work to be done at least once, handed out under leases. A lease carries a fencing token that only grows: whoever held an
// earlier lease of the same job (a worker that was thought dead) can change nothing any more.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "storage/catalog/catalog.h"

namespace frostgate::catalog {

enum class JobState { queued, leased, done, dead };
const char* to_string(JobState state);

struct NewJob {
  std::string kind;
  std::string key;      // unique within its kind
  std::string payload;  // opaque text
  UtcTime run_after{};
  int max_attempts = 3;  // leases that may be given before the job is dead
};

struct Job : NewJob {
  std::int64_t id = 0;
  JobState state = JobState::queued;
  int attempts = 0;
  std::optional<UtcTime> lease_until;
  std::string worker;  // who has or had the last lease
  std::string last_error;
};

struct Lease {
  std::int64_t job = 0;
  std::int64_t token = 0;
};

struct ClaimedJob {
  Job job;
  Lease lease;
};

class Jobs {
 public:
  explicit Jobs(Catalog& catalog) : database_(catalog.database()) {}

  // The job's id. A job of that kind and key that exists already, in whatever state, is left as it is.
  Result<std::int64_t> enqueue(const NewJob& job);
  // Makes the job of this kind and key, unless it is leased or done, one of another kind, due at `run_after` and with no attempt used up.
  // False when it was left alone, or is not there.
  Result<bool> reclassify(const std::string& kind, const std::string& key, const std::string& to_kind, UtcTime run_after);
  // The job that has waited longest: queued and due, or leased by someone who let the lease run out. Nothing when there is none.
  // A job whose last allowed lease ran out becomes dead instead.
  Result<std::optional<ClaimedJob>> claim(const std::string& kind, const std::string& worker, UtcTime now, Microseconds duration);
  // The workers whose names begin with `workers` are known to be dead: their jobs are queued again for `at`, and 5 s later for each lease that the
  // job had before. They died with their serve, not of their jobs: these attempts do not count, but for a job that has been leased twenty times,
  // which may be what serve dies of.
  Result<void> expire(const std::string& workers, UtcTime at);
  // `denied` when the token is not the job's last or the job is no longer leased.
  Result<void> renew(const Lease& lease, UtcTime now, Microseconds duration);
  Result<void> complete(const Lease& lease);
  // Queued again for `retry_at`, or dead when no attempt is left: the new state. `killed_at`: the worker was killed from outside when it had come so
  // far, in a measure of its own. Once that is not where it was killed before, it is not the job that kills, and attempts are counted anew; but
  // not for a job that has been leased twenty times.
  Result<JobState> fail(const Lease& lease, const std::string& error, UtcTime retry_at, std::optional<std::int64_t> killed_at = {});

  // A dead job is queued again, with all its attempts. `not_found` when there is no dead job of that kind and key.
  Result<void> revive(const std::string& kind, const std::string& key, UtcTime run_after);

  // All jobs of this key, of whatever kind, are done, for what they were to make is there; their leases are over.
  Result<void> settle(const std::string& key);

  Result<Job> find(const std::string& kind, const std::string& key);
  Result<std::vector<Job>> list(JobState state);  // oldest first

 private:
  Database& database_;
};

}  // namespace frostgate::catalog
