#include "gateway/serve/spare_relay.h"

#include <chrono>
#include <utility>

#include "gateway/ipc/channel.h"

namespace frostgate::serve {
namespace {

Result<StartedRelay> start() {
  auto ends = TRY(ipc::make_pair());
  ChildProcess process = TRY(ChildProcess::start({"relay"}, ends.second));
  return StartedRelay{std::move(process), std::move(ends.first)};
}

}  // namespace

Result<StartedRelay> SpareRelay::take() {
  std::optional<StartedRelay> spare;
  {
    const std::lock_guard lock(mutex_);
    if (spare_) spare.emplace(std::move(*spare_));
    spare_.reset();
  }
  if (spare && !spare->process.wait(std::chrono::milliseconds(0))) return std::move(*spare);
  return start();
}

void SpareRelay::refill() {
  const std::lock_guard lock(mutex_);
  if (spare_) return;
  if (auto started = start()) spare_.emplace(std::move(started).value());
}

}  // namespace frostgate::serve
