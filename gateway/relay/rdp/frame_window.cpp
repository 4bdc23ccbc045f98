#include "gateway/relay/rdp/frame_window.h"

#include <algorithm>

namespace frostgate::relay::rdp {

std::uint32_t FrameWindow::next() {
  const std::lock_guard lock(mutex_);
  frames_[++sent_ % kMaxUnacknowledged] = {};
  return sent_;
}

void FrameWindow::complete(std::size_t bytes, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  std::size_t all = bytes;
  for (std::uint32_t before = 1; before < kMaxUnacknowledged && before < unacknowledged(); ++before) all += frames_[(sent_ - before) % kMaxUnacknowledged].bytes;
  frames_[sent_ % kMaxUnacknowledged] = {bytes, all, now};
}

void FrameWindow::acknowledge(std::uint32_t frame, std::uint32_t queue_depth, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  acknowledges_ = queue_depth != kSuspend;
  acknowledged_ = frame;
  if (!acknowledges_) rate_.reset();
  if (!acknowledges_ || unacknowledged() >= kMaxUnacknowledged) return;
  const OnItsWay& arrived = frames_[frame % kMaxUnacknowledged];
  if (!arrived.complete) return;
  delay_ = now - *arrived.complete;
  least_delay_ = std::min(least_delay_.value_or(delay_), delay_);
  const Clock::duration queued = delay_ - *least_delay_;
  if (arrived.all < (queued > kQueue ? kFew : kTelling)) return;
  rate_ = static_cast<double>(arrived.all) / std::max(std::chrono::duration<double>(queued).count(), 1e-3);
}

bool FrameWindow::behind() const {
  const std::lock_guard lock(mutex_);
  return acknowledges_ && unacknowledged() >= kMaxUnacknowledged;
}

bool FrameWindow::idle() const {
  const std::lock_guard lock(mutex_);
  return !acknowledges_ || unacknowledged() == 0;
}

std::optional<double> FrameWindow::rate() const {
  const std::lock_guard lock(mutex_);
  return rate_;
}

FrameWindow::Clock::duration FrameWindow::delay() const {
  const std::lock_guard lock(mutex_);
  return delay_;
}

}  // namespace frostgate::relay::rdp
