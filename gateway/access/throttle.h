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
  // At most so many within the window. With a `longest`, who reaches that many has to wait for a window, and for twice as long each time
  // that it happens again before it has been quiet for `longest`, which is also the longest wait.
  Throttle(int most, Microseconds window, Microseconds longest = {}) : most_(static_cast<std::size_t>(most)), window_(window), longest_(longest) {}

  bool full(const std::string& key, UtcTime now);
  void note(const std::string& key, UtcTime now);
  // Both at once, for what must not happen too often even when many try at the same moment: false when it is full.
  bool take(const std::string& key, UtcTime now);
  void forget(const std::string& key);

 private:
  struct Tries {
    std::vector<UtcTime> times;  // within the window
    Microseconds wait{};         // that was last imposed
    UtcTime until{};             // when it is over
  };
  bool is_full(const std::string& key, UtcTime now);
  void add(const std::string& key, UtcTime now);
  bool forgotten(const Tries& tries, UtcTime now) const;

  const std::size_t most_;
  const Microseconds window_;
  const Microseconds longest_;
  std::mutex mutex_;
  std::map<std::string, Tries> tries_;
};

}  // namespace frostgate::access
