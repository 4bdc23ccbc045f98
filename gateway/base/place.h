// One of a few places, for as long as it lives; for what only so many may do at a time, and others are told so instead of waiting.
#pragma once

#include <semaphore>

namespace frostgate {

class Place {
 public:
  explicit Place(std::counting_semaphore<>& places) : places_(places), taken_(places.try_acquire()) {}
  ~Place() {
    if (taken_) places_.release();
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  bool taken() const { return taken_; }

 private:
  std::counting_semaphore<>& places_;
  const bool taken_;
};

}  // namespace frostgate
