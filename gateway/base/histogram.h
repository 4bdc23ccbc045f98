// How often something took how long. One thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "codec/base/time.h"

namespace frostgate {

class Histogram {
 public:
  // Ascending, and kept by the caller. What is longer than the last is counted too.
  explicit Histogram(std::span<const Microseconds> bounds) : bounds_(bounds), counts_(bounds.size() + 1) {}

  void add(Microseconds took) {
    ++counts_[static_cast<std::size_t>(std::lower_bound(bounds_.begin(), bounds_.end(), took) - bounds_.begin())];
    sum_ += took;
  }
  // Of a histogram with the same bounds. False, and nothing is added, when it has another number of counts.
  bool add(std::span<const std::uint64_t> counts, Microseconds sum) {
    if (counts.size() != counts_.size()) return false;
    std::transform(counts.begin(), counts.end(), counts_.begin(), counts_.begin(), std::plus<>());
    sum_ += sum;
    return true;
  }

  std::span<const Microseconds> bounds() const { return bounds_; }
  const std::vector<std::uint64_t>& counts() const { return counts_; }  // each up to its bound, from the one before on; one more than bounds
  Microseconds sum() const { return sum_; }
  bool empty() const {
    return std::all_of(counts_.begin(), counts_.end(), [](std::uint64_t count) { return count == 0; });
  }

 private:
  std::span<const Microseconds> bounds_;
  std::vector<std::uint64_t> counts_;
  Microseconds sum_{};
};

// Of changes on their way through a relay: the relay counts, and serve adds up.
inline constexpr Microseconds kRelayDelays[] = {Microseconds(1'000),   Microseconds(2'000),   Microseconds(5'000),   Microseconds(10'000),   Microseconds(20'000),
                                                Microseconds(50'000),  Microseconds(100'000), Microseconds(200'000), Microseconds(500'000),  Microseconds(1'000'000),
                                                Microseconds(5'000'000)};

}  // namespace frostgate
