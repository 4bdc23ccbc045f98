#include "storage/catalog/jobs.h"

#include "storage/catalog/columns.h"
#include "storage/catalog/database.h"
#include "storage/catalog/fence.h"

namespace frostgate::catalog {
namespace {

constexpr JobState kJobStates[] = {JobState::queued, JobState::leased, JobState::done, JobState::dead};
constexpr int kMostAttempts = 1'000'000;
// Leases after which whatever ends an attempt counts, and what each adds to how long a job waits after its serve's death.
constexpr long long kManyLeases = 20;
constexpr long long kWaitPerLease = 5'000'000;
// A job whose last attempt did not end with its worker being killed.
constexpr long long kNowhere = -1;

constexpr const char* kSelectJobs =
    "SELECT id, kind, job_key, payload, state, attempts, max_attempts, run_after, lease_until, token, worker, last_error FROM jobs";

// A job as its columns hold it.
struct JobRow {
  Job text;
  std::string state;
  long long id = 0, attempts = 0, max_attempts = 0, run_after = 0, lease_until = 0, token = 0;

  Result<Job> finished() const {
    Job job = text;
    job.id = id;
    job.state = TRY(from_word(state, kJobStates));
    if (attempts < 0 || attempts > kMostAttempts || max_attempts < 1 || max_attempts > kMostAttempts) {
      return Error{ErrorKind::corrupt, "the catalog has an impossible number of attempts for a job"};
    }
    job.attempts = static_cast<int>(attempts);
    job.max_attempts = static_cast<int>(max_attempts);
    job.run_after = time_from_column(run_after);
    job.lease_until = optional_time_from_column(lease_until);
    return job;
  }
};

auto into_row(JobRow& row, soci::details::prepare_temp_type prepared) {
  return (prepared, soci::into(row.id), soci::into(row.text.kind), soci::into(row.text.key), soci::into(row.text.payload),
          soci::into(row.state), soci::into(row.attempts), soci::into(row.max_attempts), soci::into(row.run_after),
          soci::into(row.lease_until), soci::into(row.token), soci::into(row.text.worker), soci::into(row.text.last_error));
}

Error lost_lease() { return {ErrorKind::denied, "the job's lease was lost: another worker may have it"}; }

// A worker that dies each time never reports a failure, so the attempts are also counted here.
void bury_expired(soci::session& sql, const std::string& kind, long long now) {
  sql << "UPDATE jobs SET state = 'dead', lease_until = 0, last_error = 'the last lease that it was allowed ran out'"
         " WHERE kind = :kind AND state = 'leased' AND lease_until <= :now AND attempts >= max_attempts",
      soci::use(kind), soci::use(now);
}

}  // namespace

const char* to_string(JobState state) {
  switch (state) {
    case JobState::queued: return "queued";
    case JobState::leased: return "leased";
    case JobState::done: return "done";
    case JobState::dead: return "dead";
  }
  return "unknown";
}

Result<void> check_lease(soci::session& sql, const Dialect& dialect, const Lease& lease) {
  const long long id = lease.job;
  const long long token = lease.token;
  long long found = 0;
  const std::string select = "SELECT id FROM jobs WHERE id = :id AND token = :token AND state = 'leased' ";
  sql << select + dialect.lock_row, soci::use(id), soci::use(token), soci::into(found);
  if (!sql.got_data()) return lost_lease();
  return {};
}

Result<std::int64_t> Jobs::enqueue(const NewJob& job) {
  TRY(check_text("a job's kind", job.kind));
  TRY(check_text("a job's key", job.key));
  TRY(check_text("a job's payload", job.payload));
  if (job.max_attempts < 1 || job.max_attempts > kMostAttempts) {
    return Error{ErrorKind::invalid, "a job needs at least one attempt and at most a million"};
  }
  const long long max_attempts = job.max_attempts;
  const long long run_after = to_column(job.run_after);
  return database_.write([&](soci::session& sql) -> Result<std::int64_t> {
    const long long id = next_number(sql, "job");
    soci::statement insert =
        (sql.prepare << "INSERT INTO jobs (id, kind, job_key, payload, state, attempts, max_attempts, run_after, lease_until,"
                        " token, worker, last_error) VALUES (:id, :kind, :job_key, :payload, 'queued', 0, :max_attempts,"
                        " :run_after, 0, 0, '', '') ON CONFLICT DO NOTHING",
         soci::use(id), soci::use(job.kind), soci::use(job.key), soci::use(job.payload), soci::use(max_attempts),
         soci::use(run_after));
    if (execute(insert) != 0) return std::int64_t{id};
    long long known = 0;
    sql << "SELECT id FROM jobs WHERE kind = :kind AND job_key = :job_key", soci::use(job.kind), soci::use(job.key),
        soci::into(known);
    return std::int64_t{known};
  });
}

Result<bool> Jobs::reclassify(const std::string& kind, const std::string& key, const std::string& to_kind, UtcTime run_after) {
  TRY(check_text("a job's kind", kind));
  TRY(check_text("a job's key", key));
  TRY(check_text("a job's kind", to_kind));
  const long long due = to_column(run_after);
  return database_.write([&](soci::session& sql) -> Result<bool> {
    soci::statement update =
        (sql.prepare << "UPDATE jobs SET kind = :to_kind, state = 'queued', attempts = 0, lease_until = 0, run_after = :run_after"
                        " WHERE kind = :kind AND job_key = :job_key AND state IN ('queued', 'dead')",
         soci::use(to_kind), soci::use(due), soci::use(kind), soci::use(key));
    return execute(update) != 0;
  });
}

Result<std::optional<ClaimedJob>> Jobs::claim(const std::string& kind, const std::string& worker, UtcTime now,
                                              Microseconds duration) {
  TRY(check_text("a job's kind", kind));
  TRY(check_text("a worker's name", worker));
  const long long moment = to_column(now);
  const long long until = to_column(now + duration);
  return database_.write([&](soci::session& sql) -> Result<std::optional<ClaimedJob>> {
    bury_expired(sql, kind, moment);
    JobRow row;
    {
      soci::statement select =
          into_row(row, (sql.prepare << std::string(kSelectJobs) +
                                            " WHERE kind = :kind AND ((state = 'queued' AND run_after <= :due)"
                                            " OR (state = 'leased' AND lease_until <= :expired))"
                                            " ORDER BY run_after, id LIMIT 1 " + database_.dialect().skip_locked,
                         soci::use(kind), soci::use(moment), soci::use(moment)));
      if (!select.execute(true)) return std::optional<ClaimedJob>();
    }
    sql << "UPDATE jobs SET state = 'leased', attempts = attempts + 1, token = token + 1, lease_until = :until,"
           " worker = :worker WHERE id = :id",
        soci::use(until), soci::use(worker), soci::use(row.id);
    row.state = to_string(JobState::leased);
    row.attempts += 1;
    row.lease_until = until;
    row.text.worker = worker;
    Job job = TRY(row.finished());
    return std::optional<ClaimedJob>(ClaimedJob{std::move(job), Lease{row.id, row.token + 1}});
  });
}

Result<void> Jobs::expire(const std::string& workers, UtcTime at) {
  TRY(check_text("a worker's name", workers));
  const long long moment = to_column(at);
  const long long length = static_cast<long long>(workers.size());
  return database_.write([&](soci::session& sql) -> Result<void> {
    sql << "UPDATE jobs SET state = CASE WHEN token >= :many AND attempts >= max_attempts THEN 'dead' ELSE 'queued' END,"
           " attempts = CASE WHEN token < :many2 THEN attempts - 1 ELSE attempts END,"
           " run_after = :moment + (token - 1) * :step, lease_until = 0, last_error = 'the gateway stopped during this attempt'"
           " WHERE state = 'leased' AND substr(worker, 1, :length) = :workers",
        soci::use(kManyLeases), soci::use(kManyLeases), soci::use(moment), soci::use(kWaitPerLease), soci::use(length), soci::use(workers);
    return {};
  });
}

Result<void> Jobs::renew(const Lease& lease, UtcTime now, Microseconds duration) {
  const long long id = lease.job;
  const long long token = lease.token;
  const long long until = to_column(now + duration);
  return database_.write([&](soci::session& sql) -> Result<void> {
    soci::statement update = (sql.prepare << "UPDATE jobs SET lease_until = :until WHERE id = :id AND token = :token"
                                             " AND state = 'leased'",
                              soci::use(until), soci::use(id), soci::use(token));
    if (execute(update) == 0) return lost_lease();
    return {};
  });
}

Result<void> Jobs::complete(const Lease& lease) {
  const long long id = lease.job;
  const long long token = lease.token;
  return database_.write([&](soci::session& sql) -> Result<void> {
    soci::statement update = (sql.prepare << "UPDATE jobs SET state = 'done', lease_until = 0, last_error = ''"
                                             " WHERE id = :id AND token = :token AND state = 'leased'",
                              soci::use(id), soci::use(token));
    if (execute(update) == 0) return lost_lease();
    return {};
  });
}

Result<JobState> Jobs::fail(const Lease& lease, const std::string& error, UtcTime retry_at, std::optional<std::int64_t> killed_at) {
  const long long id = lease.job;
  const long long token = lease.token;
  const long long run_after = to_column(retry_at);
  const long long place = killed_at.value_or(kNowhere);
  const std::string message = readable(error);
  return database_.write([&](soci::session& sql) -> Result<JobState> {
    TRY(check_lease(sql, database_.dialect(), lease));
    long long attempts = 0, max_attempts = 0, before = 0;
    sql << "SELECT attempts, max_attempts, killed_at FROM jobs WHERE id = :id", soci::use(id), soci::into(attempts), soci::into(max_attempts), soci::into(before);
    if (place != kNowhere && place != before && token < kManyLeases) attempts = 1;
    const JobState state = attempts >= max_attempts ? JobState::dead : JobState::queued;
    const std::string word = to_string(state);
    sql << "UPDATE jobs SET state = :state, attempts = :attempts, killed_at = :place, lease_until = 0, run_after = :run_after, last_error = :last_error"
           " WHERE id = :id",
        soci::use(word), soci::use(attempts), soci::use(place), soci::use(run_after), soci::use(message), soci::use(id);
    return state;
  });
}

Result<void> Jobs::revive(const std::string& kind, const std::string& key, UtcTime run_after) {
  TRY(check_text("a job's kind", kind));
  TRY(check_text("a job's key", key));
  const long long moment = to_column(run_after);
  return database_.write([&](soci::session& sql) -> Result<void> {
    soci::statement update = (sql.prepare << "UPDATE jobs SET state = 'queued', attempts = 0, run_after = :run_after"
                                             " WHERE kind = :kind AND job_key = :job_key AND state = 'dead'",
                              soci::use(moment), soci::use(kind), soci::use(key));
    if (execute(update) == 0) return Error{ErrorKind::not_found, "there is no dead " + kind + " job " + key};
    return {};
  });
}

Result<void> Jobs::settle(const std::string& key) {
  TRY(check_text("a job's key", key));
  return database_.write([&](soci::session& sql) -> Result<void> {
    sql << "UPDATE jobs SET state = 'done', lease_until = 0, last_error = '', token = token + 1 WHERE job_key = :job_key", soci::use(key);
    return {};
  });
}

Result<Job> Jobs::find(const std::string& kind, const std::string& key) {
  TRY(check_text("a job's kind", kind));
  TRY(check_text("a job's key", key));
  return database_.read([&](soci::session& sql) -> Result<Job> {
    JobRow row;
    soci::statement select = into_row(row, (sql.prepare << std::string(kSelectJobs) + " WHERE kind = :kind AND job_key = :job_key",
                                            soci::use(kind), soci::use(key)));
    if (!select.execute(true)) return Error{ErrorKind::not_found, "there is no " + kind + " job " + key};
    return row.finished();
  });
}

Result<std::vector<Job>> Jobs::list(JobState state) {
  const std::string word = to_string(state);
  return database_.read([&](soci::session& sql) -> Result<std::vector<Job>> {
    JobRow row;
    soci::statement select =
        into_row(row, (sql.prepare << std::string(kSelectJobs) + " WHERE state = :state ORDER BY id", soci::use(word)));
    std::vector<Job> jobs;
    select.execute();
    while (select.fetch()) jobs.push_back(TRY(row.finished()));
    return jobs;
  });
}

}  // namespace frostgate::catalog
