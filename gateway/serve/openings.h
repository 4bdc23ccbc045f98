// Originals that people open over HTTP. The shares that custodians have opened are collected here until there are as many as are needed, for one
// approved request; then a process of its own (`frostgate original-worker`) puts the key together and draws the film, which its requester watches.
// Shares and film are in memory alone, and wiped: an hour after they came, when the approval ends, and when serve ends. Thread-safe.
#pragma once

#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/secret.h"
#include "codec/base/segment.h"
#include "codec/base/time.h"
#include "storage/catalog/approvals.h"

namespace frostgate::serve {

struct Core;

enum class OpeningState { collecting, making, open };
const char* to_string(OpeningState state);

struct GivenShare {
  int number = 0;  // the custodian's, from 1
  std::string by;
  UtcTime at;
};

struct Opening {
  std::string request, recording, user;
  OpeningState state = OpeningState::collecting;
  std::vector<GivenShare> given;
  double progress = 0;  // 0 to 1
  std::string failure;  // why the film did not come about; its shares are gone
  UtcTime until;        // when what is here is wiped
};

// Wiped on destruction.
struct OpenedFilm {
  std::vector<Segment> segments;  // times from the beginning of the span
  std::string approval;

  OpenedFilm() = default;
  OpenedFilm(const OpenedFilm&) = delete;
  ~OpenedFilm();
};

class Openings {
 public:
  explicit Openings(Core& core);
  // Ends and wipes them all.
  ~Openings();
  Openings(const Openings&) = delete;
  Openings& operator=(const Openings&) = delete;

  // A share as its custodian has opened it, for a request that was approved. Errors: `denied`, from who would watch; `exists`, when it is here already or
  // nobody has agreed; `invalid` of shares of something else; `unavailable`, when too many originals are open; `not_found`, when nothing is sealed.
  Result<Opening> give(const catalog::ApprovalRequest& request, Secret share, const std::string& by, UtcTime now);
  // Opens it, for who asked. Errors: `denied` with too few shares; `exists` when it is open already.
  Result<Opening> begin(const catalog::ApprovalRequest& request);
  // Wipes what was given and made.
  void close(const std::string& request);
  std::optional<Opening> find(const std::string& request);
  // Errors: `exists` when there is none yet.
  Result<std::shared_ptr<const OpenedFilm>> film(const std::string& request);

 private:
  using Clock = std::chrono::steady_clock;
  struct Job {
    catalog::ApprovalRequest request;
    Opening shown;
    std::vector<Secret> shares;
    std::shared_ptr<const OpenedFilm> film;
    Clock::time_point end;  // of what is here
    bool wanted = false;    // it is to be opened
    bool closed = false;
    bool over = false;      // its thread has nothing left to do
    std::jthread thread;
  };

  Job* job(const std::string& request);
  Result<void> take(Job& job, Secret share, const std::string& by, UtcTime now);
  void run(std::stop_token stop, Job& job);
  void open(std::stop_token stop, Job& job);
  Result<std::shared_ptr<OpenedFilm>> make(std::stop_token stop, Job& job, std::vector<Secret> shares);
  bool stands(const Job& job);
  void reap();

  Core& core_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::list<Job> jobs_;
};

}  // namespace frostgate::serve
