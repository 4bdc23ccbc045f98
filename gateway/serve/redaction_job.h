// serve's side of one redaction: starts the worker process, hands it what that one recording needs, takes what it
// returns.
#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "gateway/base/process.h"
#include "gateway/ipc/channel.h"
#include "gateway/serve/core.h"
#include "gateway/serve/film_intake.h"
#include "storage/catalog/jobs.h"
#include "storage/catalog/recordings.h"

namespace frostgate::serve {

inline constexpr Microseconds kLeaseDuration = std::chrono::seconds(60);

class RedactionJob {
 public:
  RedactionJob(Core& core, catalog::ClaimedJob job) : core_(core), job_(std::move(job)), recording_(job_.job.key) {}

  // Runs it to its end on the calling thread. Returns what went wrong, already noted in the job table by the caller.
  Result<void> run(std::stop_token stop);

 private:
  struct Outcome {
    catalog::RecordingStatus status;
    std::string report_json;
    double cpu_seconds = 0;
  };

  Result<void> start_worker(ipc::Channel& channel, const catalog::Recording& row);
  Result<Outcome> converse(ipc::Channel& channel, std::stop_token stop);
  Result<void> send_journal_file(ipc::Channel& channel, const ipc::Message& message);
  Result<Outcome> outcome_of(const ipc::Message& message);
  Result<void> publish(const catalog::Recording& row, const Outcome& outcome);

  Core& core_;
  catalog::ClaimedJob job_;
  std::string recording_;
  std::string journal_directory_;
  std::optional<FilmIntake> film_;
};

}  // namespace frostgate::serve
