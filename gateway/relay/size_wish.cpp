#include "gateway/relay/size_wish.h"

#include <algorithm>
#include <string>

namespace frostgate::relay {
namespace {

constexpr std::int64_t kSmallest = 200, kLargest = 8192;

}  // namespace

std::optional<Size> size_around(std::span<const Monitor> monitors) {
  if (monitors.empty()) return std::nullopt;
  std::int64_t left = INT64_MAX, top = INT64_MAX, right = INT64_MIN, bottom = INT64_MIN;
  for (const Monitor& monitor : monitors) {
    left = std::min<std::int64_t>(left, monitor.left);
    top = std::min<std::int64_t>(top, monitor.top);
    right = std::max<std::int64_t>(right, std::int64_t{monitor.left} + monitor.width);
    bottom = std::max<std::int64_t>(bottom, std::int64_t{monitor.top} + monitor.height);
  }
  const Size size{static_cast<int>(std::clamp(right - left, kSmallest, kLargest)) / 2 * 2,
                  static_cast<int>(std::clamp(bottom - top, kSmallest, kLargest))};
  if (!size.acceptable()) return std::nullopt;
  return size;
}

std::optional<ScreenWish> SizeWish::take(Clock::time_point now) {
  if (!wished_ || now < not_before_) return std::nullopt;
  const ScreenWish wish = *wished_;
  wished_.reset();
  if (wish == last_) return std::nullopt;
  last_ = wish;
  not_before_ = now + kInterval;
  return wish;
}

std::optional<std::chrono::milliseconds> SizeWish::wait(Clock::time_point now) const {
  if (!wished_) return std::nullopt;
  return std::max(std::chrono::milliseconds(0), std::chrono::ceil<std::chrono::milliseconds>(not_before_ - now));
}

Result<void> SizeChanges::note(Clock::time_point now) {
  while (!times_.empty() && times_.front() + kSpan < now) times_.pop_front();
  if (times_.size() >= kMost) return Error{ErrorKind::corrupt, "another size of its screen more than " + std::to_string(kMost) + " times within a minute"};
  times_.push_back(now);
  return {};
}

}  // namespace frostgate::relay
