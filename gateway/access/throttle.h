// How often something has failed lately, by key. Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "codec/base/time.h"

namespace frostgate::access {

class Throttle {
 public:
  // At most so many within the window.
  Throttle(int most, Microseconds window) : most_(static_cast<std::size_t>(most)), window_(window) {}

  bool full(const std::string& key, UtcTime now);
  void note(const std::string& key, UtcTime now);
  // Both at once, for what must not happen too often even when many try at the same moment: false when it is full.
  bool take(const std::string& key, UtcTime now);
  void forget(const std::string& key);

 private:
  bool is_full(const std::string& key, UtcTime now);
  void add(const std::string& key, UtcTime now);

  const std::size_t most_;
  const Microseconds window_;
  std::mutex mutex_;
  std::map<std::string, std::vector<UtcTime>> times_;  // within the window
};

}  // namespace frostgate::access
