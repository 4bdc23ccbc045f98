#include "gateway/relay/rdp/front_bridge.h"

#include <utility>

#include "gateway/relay/rdp/corked.h"

namespace frostgate::relay::rdp {

constexpr int kChunksInARow = 8;

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

bool FrontBridge::send(VirtualChannels& channels, int socket, bool devices_due, const std::function<bool()>& blocked) {
  if (!bridge()) return true;
  const Corked corked(socket);
  for (int chunks = 0; chunks < kChunksInARow && !blocked(); ++chunks) {
    const auto next = bridge_->next_portion(BridgeEnd::client, devices_due);
    if (!next) return true;
    if (!channels.send(ChannelBridge::name_of(next->channel), next->bytes, next->flags, next->total)) return false;
  }
  return true;
}

}  // namespace frostgate::relay::rdp
