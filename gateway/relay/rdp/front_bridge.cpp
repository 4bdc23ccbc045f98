#include "gateway/relay/rdp/front_bridge.h"

#include <utility>

#include "gateway/relay/rdp/corked.h"

namespace frostgate::relay::rdp {

constexpr std::size_t kBytesInARow = 256u << 10;

FrontBridge::~FrontBridge() {
  if (bridge_) bridge_->detach(BridgeEnd::client);
}

void FrontBridge::join(std::shared_ptr<ChannelBridge> bridge) {
  {
    const std::lock_guard lock(mutex_);
    joined_ = std::move(bridge);
  }
  wake_.raise();
}

ChannelBridge* FrontBridge::bridge() {
  if (!bridge_) {
    const std::lock_guard lock(mutex_);
    bridge_ = joined_;
    if (bridge_) bridge_->attach(BridgeEnd::client, wake_);
  }
  return bridge_.get();
}

bool FrontBridge::send(VirtualChannels& channels, int socket, const std::function<bool()>& blocked) {
  if (!bridge()) return true;
  const Corked corked(socket);
  for (std::size_t sent = 0; sent < kBytesInARow && !blocked();) {
    const auto next = bridge_->next(BridgeEnd::client);
    if (!next) return true;
    if (!channels.send(ChannelBridge::name_of(next->channel), next->message)) return false;
    sent += next->message.size();
  }
  return true;
}

}  // namespace frostgate::relay::rdp
