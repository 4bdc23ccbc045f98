#include "gateway/relay/rdp/motion.h"

#include <algorithm>

namespace frostgate::relay::rdp {

void Motion::changed(std::size_t number, Clock::time_point now) {
  constexpr double kFull = 2 * kBrim;
  Tile& tile = tiles_[number];
  if (now == tile.changed) return;
  const std::chrono::duration<double> since = now - tile.changed;
  if (since > kStill) tile.moving = false;
  tile.level = std::min(std::max(tile.level - since.count() * kUsualRate, 0.0) + 1, kFull);
  if (tile.level > kBrim) tile.moving = true;
  tile.changed = now;
}

bool Motion::moves(std::size_t number, Clock::time_point now) const {
  const Tile& tile = tiles_[number];
  return tile.moving && now - tile.changed <= kStill;
}

void Motion::shown_with_loss(std::size_t number) {
  if (!tiles_[number].lossy) ++lossy_;
  tiles_[number].lossy = true;
}

std::vector<std::size_t> Motion::settle(Clock::time_point now, std::size_t most) {
  std::vector<std::size_t> out;
  if (lossy_ == 0) return out;
  for (std::size_t number = 0; number < tiles_.size() && out.size() < most; ++number) {
    Tile& tile = tiles_[number];
    if (!tile.lossy || now - tile.changed <= kStill) continue;
    tile.lossy = false;
    --lossy_;
    out.push_back(number);
  }
  return out;
}

std::optional<Motion::Clock::time_point> Motion::next_settling() const {
  std::optional<Clock::time_point> next;
  if (lossy_ == 0) return next;
  for (const Tile& tile : tiles_) {
    if (tile.lossy && (!next || tile.changed < *next)) next = tile.changed;
  }
  // Later than kStill, not at it.
  return *next + kStill + std::chrono::milliseconds(1);
}

}  // namespace frostgate::relay::rdp
