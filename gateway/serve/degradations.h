// Counts in which ways recordings became less than clean since this process started, for whoever makes metrics of it.
// Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace frostgate::serve {

class Degradations {
 public:
  // All ways are there from the start, with 0: the reasons of a redaction report, "engine_failed" for a quarantine,
  // "attempt_failed" for an attempt of a redaction, "motion_held" and "motion_covered" for a film in which something that
  // moved was. "other" is what a worker called something else.
  Degradations();

  void count(const std::string& way);
  std::map<std::string, std::uint64_t> counts() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::uint64_t> counts_;
};

}  // namespace frostgate::serve
