// What this process has measured since it started, for whoever makes metrics of it. Names no user, target or recording. Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "codec/base/time.h"
#include "gateway/base/histogram.h"

namespace frostgate::serve {

struct Measured {
  Measured();

  Histogram relay_delay;    // of changes of the screen, from the target's to the client's connection
  Histogram live_lag;       // of pieces for those who watch a running session
  Histogram redaction_lag;  // from the end of a session to its film
  std::map<std::string, std::uint64_t> lines;                           // of films that were made, by the means they were read by
  std::map<std::pair<std::string, std::string>, std::uint64_t> sessions;  // that have begun, by front and back
  std::map<std::pair<std::string, bool>, std::uint64_t> sign_ins;       // by front, and whether they were accepted
  std::map<bool, std::uint64_t> decisions;                              // of the policy on sessions, by whether they were allowed
  std::map<std::string, std::int64_t> storage;                          // bytes by kind, as last looked at
};

class Measures {
 public:
  // What a relay has counted since it was asked last. False for what is none.
  bool relay_delays(std::span<const std::uint64_t> counts, Microseconds sum);
  void live_lag(Microseconds behind);
  void redaction_lag(Microseconds took);
  void lines(const std::string& means, std::uint64_t count);
  void session(const std::string& front, const std::string& back);
  void sign_in(const std::string& front, bool accepted);
  void decision(bool allowed);
  void storage(std::map<std::string, std::int64_t> bytes);

  Measured so_far() const;

 private:
  mutable std::mutex mutex_;
  Measured measured_;
};

struct Core;
// How many bytes films, archived films, journals and the catalog take, for storage(). Reads the catalog's rows and the journals' folders.
void measure_storage(Core& core);

}  // namespace frostgate::serve
