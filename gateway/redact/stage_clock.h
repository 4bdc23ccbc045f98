// CPU time of this thread, by the stage that used it.
#pragma once

#include <time.h>

#include <map>
#include <string>

namespace frostgate::redact {

class StageClock {
 public:
  StageClock() : last_(now()) {}

  // Adds the CPU time since the last call to `stage`.
  void charge(const char* stage) {
    const double moment = now();
    stages_[stage] += moment - last_;
    last_ = moment;
  }
  const std::map<std::string, double>& seconds() const { return stages_; }

 private:
  static double now() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
  }

  std::map<std::string, double> stages_;
  double last_;
};

}  // namespace frostgate::redact
