// A second copy of what the Surface has, for a library that paints into it or sends from it. A session's screen is rarely all in motion, and each copy of
// it counts: now and then its pixels are given back to the system, and come again from the Surface, by tiles, when somebody needs them. One thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "codec/base/frame.h"

namespace frostgate::relay {

class ScreenCopy {
 public:
  using Clock = std::chrono::steady_clock;

  // From now on of these pixels, `stride` bytes from row to row, all of which are here. They stay their owner's, who keeps them until the next restart().
  void restart(std::uint8_t* pixels, Size size, std::ptrdiff_t stride);
  Size size() const { return size_; }

  // Copies `rect` of `from`, and all of those tiles that it touches and that are not here.
  void take(const Rect& rect, const Frame& from);
  // The latter alone.
  void fetch(const Rect& rect, const Frame& from);
  // Somebody else has painted here.
  void painted() { in_use_ = true; }
  // The Surface alone was painted there.
  void forget(const Rect& rect);
  // Whether all tiles that `rect` touches are here.
  bool holds(const Rect& rect) const;

  // Gives all pixels back, when the last time is long enough ago; the Surface has to have them. They read as zeros then.
  void rest(Clock::time_point now);
  // When rest() has something to give back.
  std::optional<Clock::time_point> next_rest() const { return in_use_ ? std::optional(rested_ + kKept) : std::nullopt; }

 private:
  static constexpr std::chrono::seconds kKept{10};  // at most
  static constexpr int kTileSide = 64;

  // Calls `visit` with number and place of each tile that `rect` touches.
  template <class Visit>
  void for_tiles(const Rect& rect, const Visit& visit) const;
  int columns() const { return (size_.width + kTileSide - 1) / kTileSide; }
  void copy(const Rect& rect, const Frame& from);

  std::uint8_t* pixels_ = nullptr;
  Size size_;
  std::ptrdiff_t stride_ = 0;
  std::vector<bool> here_;  // tiles, row by row
  bool in_use_ = false;     // something is here
  Clock::time_point rested_{};
};

}  // namespace frostgate::relay
