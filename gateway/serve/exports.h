// Exports that people ask for over HTTP. Each is made by a process of its own (`frostgate export-worker`), since serve touches no pixels, and lies as a
// folder in data_dir/exports until it is fetched: an hour at most, and not beyond the end of serve. Thread-safe.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/time.h"

namespace frostgate::serve {

struct Core;

enum class ExportState { queued, running, done, failed };
const char* to_string(ExportState state);

struct Export {
  std::string id, user, recording, reason;
  SessionTime from{}, to{};
  bool burn_in = false;
  ExportState state = ExportState::queued;
  double progress = 0;  // 0 to 1
  std::string error;    // why it failed, for the user
  UtcTime created;
};

class Exports {
 public:
  // Removes what an earlier serve has left.
  explicit Exports(Core& core);
  // Ends and removes them all.
  ~Exports();
  Exports(const Exports&) = delete;
  Exports& operator=(const Exports&) = delete;

  // Of `wish` the id, the state and what follows are given here. The policy's gate is passed when the bundle is signed. Error: `unavailable` when the
  // user, or all together, have too many.
  Result<Export> begin(Export wish, UtcTime now);
  std::vector<Export> of(const std::string& user);  // newest first
  std::vector<Export> all();                        // of everybody
  // Error: `not_found`, when the user has no such export.
  Result<Export> find(const std::string& id, const std::string& user);
  // Ends it where it runs, and removes what was made.
  Result<void> remove(const std::string& id, const std::string& user);
  // Where the bundle's files are. Errors: `not_found`, and `exists` when it is not done.
  Result<std::filesystem::path> folder(const std::string& id, const std::string& user);

 private:
  struct Job {
    Export subject;
    bool removed = false;  // nobody sees it any more
    bool over = false;     // its thread has nothing left to do
    std::jthread thread;
  };

  std::filesystem::path path_of(const std::string& id) const;
  Job* job(const std::string& id, const std::string& user);
  void run(std::stop_token stop, Job& job);
  Result<void> make(std::stop_token stop, Job& job);
  bool wait_for_turn(std::stop_token stop, const Job& job);
  void reap();

  Core& core_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::list<Job> jobs_;
  int running_ = 0;
};

}  // namespace frostgate::serve
