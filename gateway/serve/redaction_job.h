// serve's side of one redaction, of a session that has ended or still runs: starts the worker process, hands it what that one
// recording needs, says when it may compute, takes what it returns.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "gateway/base/process.h"
#include "gateway/ipc/channel.h"
#include "gateway/serve/core.h"
#include "gateway/serve/film_intake.h"
#include "gateway/serve/turns.h"
#include "storage/catalog/jobs.h"
#include "storage/catalog/recordings.h"
#include "storage/catalog/visible_text.h"

namespace frostgate::serve {

inline constexpr Microseconds kLeaseDuration = std::chrono::seconds(60);

class RedactionJob {
 public:
  RedactionJob(Core& core, Turns& turns, catalog::ClaimedJob job)
      : core_(core), turn_(turns), job_(std::move(job)), recording_(job_.job.key) {}

  // Runs it to its end on the calling thread. Returns what went wrong, already noted in the job table by the caller.
  Result<void> run(std::stop_token stop);
  // Once it has failed: how many segments it had stored when its worker was killed by somebody else than this program; nothing when the worker
  // failed by itself.
  std::optional<std::int64_t> killed_at() const { return killed_at_; }

 private:
  struct Outcome {
    catalog::RecordingStatus status;
    std::string report_json;
    std::vector<std::byte> atlas;
    std::vector<catalog::VisibleLine> text;
    double cpu_seconds = 0;
  };

  // What the worker has asked and is not answered yet.
  enum class Pending { nothing, turn, more };

  Result<void> start_worker(ipc::Channel& channel, const catalog::Recording& row);
  Result<Outcome> converse(ipc::Channel& channel, std::stop_token stop);
  Result<std::optional<Outcome>> hear(ipc::Channel& channel, const ipc::Message& message);
  Result<void> answer_pending(ipc::Channel& channel);
  Result<void> answer(ipc::Channel& channel, const char* type);
  Result<void> show_live(const ipc::Message& message);
  void measure(const catalog::Recording& row, const nlohmann::json& redaction);
  Result<void> keep_lease();
  Result<void> send_journal_file(ipc::Channel& channel, const ipc::Message& message);
  bool journal_has_grown() const;
  Result<bool> session_is_over();
  Result<Outcome> outcome_of(const ipc::Message& message);
  Result<void> publish(const Outcome& outcome, std::stop_token stop);

  Core& core_;
  Turns::Holder turn_;
  catalog::ClaimedJob job_;
  std::string recording_;
  std::string journal_directory_;
  std::optional<FilmIntake> film_;
  std::int64_t stored_ = 0;  // segments, of whatever generation
  std::optional<std::int64_t> killed_at_;
  std::optional<LiveHub::Source> live_;  // while the session runs
  std::chrono::steady_clock::time_point renewed_ = std::chrono::steady_clock::now();

  Pending pending_ = Pending::nothing;
  std::chrono::steady_clock::time_point asked_, end_looked_for_;
  int read_file_ = 0;             // how far the worker has read the journal
  std::uintmax_t read_bytes_ = 0;
};

}  // namespace frostgate::serve
