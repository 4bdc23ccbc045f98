// Which parts of a screen move like a video, tile by tile: those that change more often than a person reads or types. What moves may be shown with
// loss; what has become still is due again, exactly. Pure: the time is given. One thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

namespace frostgate::relay::rdp {

class Motion {
 public:
  using Clock = std::chrono::steady_clock;
  // A tile moves that has changed so often beyond kUsualRate (changes a second), until it has been still for kStill.
  static constexpr double kUsualRate = 5, kBrim = 4;
  static constexpr std::chrono::milliseconds kStill{300};

  explicit Motion(std::size_t tiles = 0) : tiles_(tiles) {}

  // The tile has other pixels than before. More than once at the same time counts once.
  void changed(std::size_t tile, Clock::time_point now);
  bool moves(std::size_t tile, Clock::time_point now) const;
  // The tile was shown with loss.
  void shown_with_loss(std::size_t tile);
  // Those shown with loss that are still by now, at most so many; they count as shown exactly from then on.
  std::vector<std::size_t> settle(Clock::time_point now, std::size_t most);
  // When settle() has something to do, if nothing changes before.
  std::optional<Clock::time_point> next_settling() const;

 private:
  struct Tile {
    double level = 0;  // of a leaking bucket that each change fills by one
    Clock::time_point changed{};
    bool moving = false;
    bool lossy = false;
  };

  std::vector<Tile> tiles_;
  std::size_t lossy_ = 0;
};

}  // namespace frostgate::relay::rdp
