// Child processes of this same program, each with one end of a channel as its descriptor 3.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "gateway/base/descriptor.h"

namespace frostgate {

inline constexpr int kChannelDescriptor = 3;

struct ProcessExit {
  std::string description;  // "exit status 0", "killed by signal 9 (Killed)"
  bool success = false;
  bool killed = false;      // by a signal that others send (an operator, the kernel that lacks memory), not one of its own mistakes
  double cpu_seconds = 0;   // user and system, all threads
};

// A running child. Destroying it kills and reaps it.
class ChildProcess {
 public:
  // fork+exec of /proc/self/exe with `arguments`; the environment is reduced to what libraries need, with
  // OMP_THREAD_LIMIT=1 (Tesseract reads it only at start). Every descriptor of ours that is not close-on-exec
  // would be inherited: there must be none beside 0, 1 and 2.
  static Result<ChildProcess> start(const std::vector<std::string>& arguments, const Descriptor& channel);
  ChildProcess(ChildProcess&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();

  pid_t pid() const { return pid_; }
  void terminate();  // SIGKILL
  // Reaps it; nullopt when it still runs after `patience`.
  std::optional<ProcessExit> wait(std::chrono::milliseconds patience);

 private:
  explicit ChildProcess(pid_t pid) : pid_(pid) {}
  pid_t pid_;
};

}  // namespace frostgate
