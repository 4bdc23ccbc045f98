#include "redaction/policy.h"

#include <algorithm>
#include <cmath>

namespace frostgate::redaction {

Rect RegionRule::on(Size screen) const {
  const double across = unit == RegionUnit::percent ? screen.width / 100.0 : 1;
  const double along = unit == RegionUnit::percent ? screen.height / 100.0 : 1;
  const auto edge = [](double value, int limit) {
    return static_cast<int>(std::clamp(value, 0.0, static_cast<double>(limit)));
  };
  return Rect::between(edge(std::floor(x * across), screen.width), edge(std::floor(y * along), screen.height),
                       edge(std::ceil((x + width) * across), screen.width),
                       edge(std::ceil((y + height) * along), screen.height));
}

}  // namespace frostgate::redaction
