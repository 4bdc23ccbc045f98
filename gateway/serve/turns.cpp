#include "gateway/serve/turns.h"

namespace frostgate::serve {

bool Turns::Holder::acquire(std::chrono::milliseconds patience) {
  if (has_) return true;
  std::unique_lock lock(turns_.mutex_);
  if (place_ == 0) turns_.waiting_.insert(place_ = ++turns_.last_place_);
  const auto is_mine = [&] { return turns_.free_ > 0 && *turns_.waiting_.begin() == place_; };
  if (!turns_.changed_.wait_for(lock, patience, is_mine)) return false;
  turns_.waiting_.erase(place_);
  place_ = 0;
  --turns_.free_;
  has_ = true;
  // The next in the queue may have its turn too.
  turns_.changed_.notify_all();
  return true;
}

void Turns::Holder::release() {
  const std::lock_guard lock(turns_.mutex_);
  if (place_ != 0) turns_.waiting_.erase(place_);
  if (has_) ++turns_.free_;
  place_ = 0;
  has_ = false;
  turns_.changed_.notify_all();
}

void Turns::Holder::yield() {
  {
    const std::lock_guard lock(turns_.mutex_);
    if (turns_.waiting_.empty()) return;
  }
  release();
}

}  // namespace frostgate::serve
