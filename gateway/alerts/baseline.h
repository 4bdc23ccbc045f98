// What is usual for somebody, by robust statistics over what they did before: a few odd sessions in the past move neither the middle nor the spread. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace frostgate::alerts {

inline constexpr std::size_t kLeastHistory = 10;  // fewer tell nothing

struct Baseline {
  std::size_t values = 0;
  double middle = 0;  // the median
  double spread = 0;  // the median of the distances from it (MAD)

  // So far above the middle that it is worth a look: more than five spreads (scaled to a normal distribution's standard deviation), and more than twice the middle.
  // The latter alone counts for somebody who always did the same.
  bool far_above(double value) const;
};

// Nullopt for fewer than kLeastHistory.
std::optional<Baseline> baseline_of(std::vector<double> history);

}  // namespace frostgate::alerts
