// What was last found out about something that takes too long, or too much, to be tried whenever somebody asks. Thread-safe.
#pragma once

#include <mutex>
#include <optional>
#include <utility>

#include "codec/base/result.h"

namespace frostgate::serve {

class LastLook {
 public:
  void note(Result<void> found) {
    const std::lock_guard lock(mutex_);
    problem_ = found ? std::nullopt : std::optional(std::move(found).error());
  }
  // Nothing is wrong before the first look.
  Result<void> last() const {
    const std::lock_guard lock(mutex_);
    if (problem_) return *problem_;
    return {};
  }

 private:
  mutable std::mutex mutex_;
  std::optional<Error> problem_;
};

}  // namespace frostgate::serve
