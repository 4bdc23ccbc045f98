// Between the workers that follow sessions and those who watch them: hands live pieces on as they come, and keeps none of them longer
// than the slowest watcher is allowed to be late. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/time.h"

namespace frostgate::serve {

struct LivePiece {
  bool init = false;  // else it plays alone after the last init piece
  SessionTime end{};
  Microseconds behind{};  // when it was made
  std::shared_ptr<const std::vector<std::byte>> bytes;
};

class LiveHub {
 public:
  // A worker follows a session, from construction to destruction.
  class Source {
   public:
    Source(LiveHub& hub, std::string recording);
    ~Source();
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;
    bool watched();
    void show(LivePiece piece);

   private:
    LiveHub& hub_;
    std::string recording_;
  };

  bool followed(const std::string& recording);

  // A watcher's number. `unavailable` when no worker follows that session, or too many watch. One that asks for nothing for 15 s has gone.
  Result<std::uint64_t> watch(const std::string& recording);
  struct Next {
    std::vector<LivePiece> pieces;
    bool over = false;  // nothing will come any more
  };
  // What has come since the call before, in order; waits up to `patience` for the first. `not_found` for a number that has gone.
  Result<Next> next(std::uint64_t watcher, std::chrono::milliseconds patience);
  void leave(std::uint64_t watcher);

 private:
  using Clock = std::chrono::steady_clock;
  struct Watcher {
    std::string recording;
    std::deque<LivePiece> waiting;
    Clock::time_point asked = Clock::now();
    bool over = false;
  };

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::shared_ptr<const LivePiece>> sources_;  // with the init piece that holds now
  std::map<std::uint64_t, Watcher> watchers_;
  std::uint64_t last_watcher_ = 0;
};

}  // namespace frostgate::serve
