// How targets want to show their screens (`graphics` in gateway/ipc/FORMAT.md), as relays found out: so that not each session asks in vain for bitmaps first. Kept in memory: the first
// session after a start, and after a day, asks anew, since bitmaps are better where they can be had. Thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace frostgate::serve {

class KnownGraphics {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr int kMost = 2;  // the relay's Graphics
  static constexpr auto kKept = std::chrono::hours(24);

  // `address`: of the target, so that another machine under its name is asked anew. 0: bitmaps, or not known.
  std::int64_t of(const std::string& address, Clock::time_point now = Clock::now()) const {
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(address);
    return found == known_.end() || now - found->second.since >= kKept ? 0 : found->second.graphics;
  }
  void note(const std::string& address, std::int64_t graphics, Clock::time_point now = Clock::now()) {
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(address);
    if (graphics == 0) known_.erase(address);
    else if (found == known_.end() || found->second.graphics != graphics || now - found->second.since >= kKept) known_.insert_or_assign(address, Known{graphics, now});
  }

 private:
  struct Known {
    std::int64_t graphics;
    Clock::time_point since;
  };
  mutable std::mutex mutex_;
  std::map<std::string, Known> known_;
};

}  // namespace frostgate::serve
