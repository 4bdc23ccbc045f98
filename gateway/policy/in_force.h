// The policy that decides now. Thread-safe: whoever decides keeps what it got, and a reload replaces it for those who come after.
#pragma once

#include <memory>
#include <mutex>

#include "gateway/policy/policy.h"

namespace frostgate::policy {

class PolicyInForce {
 public:
  // Null before the first replace().
  std::shared_ptr<const Policy> current() const {
    const std::lock_guard lock(mutex_);
    return policy_;
  }
  std::shared_ptr<const Policy> operator->() const { return current(); }
  void replace(Policy next) {
    auto fresh = std::make_shared<const Policy>(std::move(next));
    const std::lock_guard lock(mutex_);
    policy_ = std::move(fresh);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Policy> policy_;
};

}  // namespace frostgate::policy
