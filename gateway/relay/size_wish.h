// What a client would like the target's screen to be, before anybody is asked for it, and how often the target has another. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>

#include "codec/base/result.h"
#include "gateway/relay/input.h"

namespace frostgate::relay {

// MS-RDPEDISP 2.2.2.2.
struct Monitor {
  std::int32_t left = 0, top = 0;
  std::uint32_t width = 0, height = 0;
};

// One surface around all monitors, clamped to what MS-RDPEDISP allows one (200 to 8192, even width) and to what a Surface
// may have. nullopt: there is no such surface.
std::optional<Size> size_around(std::span<const Monitor> monitors);

// A window's edge that is dragged sends a size for every pixel: the last one counts, at most one in kInterval.
class SizeWish {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr auto kInterval = std::chrono::milliseconds(500);

  void wish(const ScreenWish& wish) { wished_ = wish; }
  // What to ask for now; each is handed out once, and not again when it is the one before.
  std::optional<ScreenWish> take(Clock::time_point now);
  // How long until take() may have something; nullopt when nothing is wished.
  std::optional<std::chrono::milliseconds> wait(Clock::time_point now) const;

 private:
  std::optional<ScreenWish> wished_;
  ScreenWish last_;
  Clock::time_point not_before_{};
};

// How often a target gives its screen another size. Each is a part of the film, and its client is activated anew: one that flickers without an end is broken, or hostile.
class SizeChanges {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t kMost = 240;  // within kSpan: twice as many as a client may wish
  static constexpr auto kSpan = std::chrono::minutes(1);

  // Error `corrupt`: this one is too many.
  Result<void> note(Clock::time_point now);

 private:
  std::deque<Clock::time_point> times_;
};

}  // namespace frostgate::relay
