#include "gateway/relay/rdp/back_display.h"

#include <utility>
#include <vector>

#include "gateway/relay/rdp/little_endian.h"

namespace frostgate::relay::rdp {
namespace {

// MS-RDPEDISP 2.2.
constexpr std::uint32_t kLayout = 2, kCapabilities = 5, kPrimary = 1;
constexpr std::size_t kHeader = 8, kMonitor = 40;
constexpr int kSmallestSide = 200;

}  // namespace

bool BackDisplay::opened(Send send) {
  send_ = std::move(send);
  return true;
}

void BackDisplay::closed() {
  send_ = nullptr;
  capable_ = false;
}

// Before this a target need not listen (1.3.1).
Result<void> BackDisplay::receive(std::span<const std::byte> message) {
  if (message.size() >= kHeader && number(message, 0, 4) == kCapabilities) capable_ = true;
  happened_.raise();
  return {};
}

void BackDisplay::request(const ScreenWish& wish) {
  const Size size = wish.size;
  if (size.width < kSmallestSide || size.height < kSmallestSide || !size.acceptable()) return;
  {
    const std::lock_guard lock(mutex_);
    wished_ = ScreenWish{{size.width / 2 * 2, size.height}, wish.scale};
  }
  happened_.raise();
}

bool BackDisplay::send(Size now) {
  if (!send_ || !capable_) return true;
  std::optional<ScreenWish> wished;
  {
    const std::lock_guard lock(mutex_);
    wished = std::exchange(wished_, std::nullopt);
  }
  if (!wished) return true;
  const DisplayScale scale = wished->scale.value_or(scale_);
  if (wished->size == now && scale == scale_) return true;
  scale_ = scale;
  std::vector<std::byte> message;
  const auto add = [&](std::uint32_t value) { append(message, value, 4); };
  add(kLayout), add(kHeader + 8 + kMonitor), add(kMonitor), add(1);
  add(kPrimary), add(0), add(0), add(static_cast<std::uint32_t>(wished->size.width)), add(static_cast<std::uint32_t>(wished->size.height));
  add(0), add(0), add(0), add(scale_.desktop), add(scale_.device);  // how large in millimetres is not known, upright
  return send_(message);
}

}  // namespace frostgate::relay::rdp
