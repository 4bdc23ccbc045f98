#include "gateway/access/throttle.h"

#include <algorithm>

namespace frostgate::access {
namespace {

constexpr std::size_t kMaxRemembered = 10000;

}  // namespace

bool Throttle::is_full(const std::string& key, UtcTime now) {
  const auto it = times_.find(key);
  if (it == times_.end()) return false;
  std::erase_if(it->second, [&](UtcTime at) { return at + window_ < now; });
  return it->second.size() >= most_;
}

void Throttle::add(const std::string& key, UtcTime now) {
  if (times_.size() >= kMaxRemembered) {
    std::erase_if(times_, [&](const auto& entry) { return entry.second.empty() || entry.second.back() + window_ < now; });
  }
  // Still full: an attack from very many addresses. Forgetting nobody is worse for memory than for safety here.
  if (times_.size() >= kMaxRemembered) times_.erase(times_.begin());
  times_[key].push_back(now);
}

bool Throttle::full(const std::string& key, UtcTime now) {
  const std::lock_guard lock(mutex_);
  return is_full(key, now);
}

void Throttle::note(const std::string& key, UtcTime now) {
  const std::lock_guard lock(mutex_);
  add(key, now);
}

bool Throttle::take(const std::string& key, UtcTime now) {
  const std::lock_guard lock(mutex_);
  if (is_full(key, now)) return false;
  add(key, now);
  return true;
}

void Throttle::forget(const std::string& key) {
  const std::lock_guard lock(mutex_);
  times_.erase(key);
}

}  // namespace frostgate::access
