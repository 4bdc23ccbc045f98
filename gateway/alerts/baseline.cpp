#include "gateway/alerts/baseline.h"

#include <algorithm>
#include <cmath>

namespace frostgate::alerts {
namespace {

constexpr double kToDeviation = 1.4826;  // of a normal distribution
constexpr double kDeviations = 5, kTimes = 2;

double median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

}  // namespace

bool Baseline::far_above(double value) const { return value > middle + kDeviations * kToDeviation * spread && value > kTimes * middle; }

std::optional<Baseline> baseline_of(std::vector<double> history) {
  if (history.size() < kLeastHistory) return std::nullopt;
  Baseline out;
  out.values = history.size();
  out.middle = median(history);
  for (double& value : history) value = std::abs(value - out.middle);
  out.spread = median(history);
  return out;
}

}  // namespace frostgate::alerts
