#include "gateway/access/throttle.h"

#include <algorithm>

namespace frostgate::access {
namespace {

constexpr std::size_t kMaxRemembered = 10000;

}  // namespace

bool Throttle::forgotten(const Tries& tries, UtcTime now) const {
  return tries.until + longest_ < now && (tries.times.empty() || tries.times.back() + window_ < now);
}

bool Throttle::is_full(const std::string& key, UtcTime now) {
  const auto it = tries_.find(key);
  if (it == tries_.end()) return false;
  if (now < it->second.until) return true;
  std::erase_if(it->second.times, [&](UtcTime at) { return at + window_ < now; });
  return it->second.times.size() >= most_;
}

void Throttle::add(const std::string& key, UtcTime now) {
  if (tries_.size() >= kMaxRemembered) {
    std::erase_if(tries_, [&](const auto& entry) { return forgotten(entry.second, now); });
  }
  // Still full: an attack from very many addresses. Forgetting nobody is worse for memory than for safety here.
  if (tries_.size() >= kMaxRemembered) tries_.erase(tries_.begin());
  Tries& tries = tries_[key];
  if (forgotten(tries, now)) tries = {};
  tries.times.push_back(now);
  if (longest_ <= window_ || tries.times.size() < most_) return;
  tries.wait = std::min(longest_, std::max(window_, 2 * tries.wait));
  tries.until = now + tries.wait;
  tries.times.clear();
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
  tries_.erase(key);
}

}  // namespace frostgate::access
