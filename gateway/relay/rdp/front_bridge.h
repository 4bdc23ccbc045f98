// The client's end of a ChannelBridge, once the session has one.
#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "gateway/relay/rdp/channel_bridge.h"
#include "gateway/relay/rdp/virtual_channels.h"

namespace frostgate::relay::rdp {

class FrontBridge {
 public:
  explicit FrontBridge(Wakeup& wake) : wake_(wake) {}
  ~FrontBridge();

  // From any thread, once.
  void join(std::shared_ptr<ChannelBridge> bridge);

  // The rest on the front's thread. Null before join().
  ChannelBridge* bridge();
  // In the middle of what may be long, which is of devices.
  bool sending() { return bridge() && bridge_->within_devices(BridgeEnd::client); }
  // Sends some chunks of what waits, of devices only when these are due, while the connection takes them: pictures and keys come in between. False: it is broken.
  bool send(VirtualChannels& channels, int socket, bool devices_due, const std::function<bool()>& blocked);

 private:
  Wakeup& wake_;
  std::mutex mutex_;
  std::shared_ptr<ChannelBridge> joined_;  // guarded by mutex_
  std::shared_ptr<ChannelBridge> bridge_;  // attached
};

}  // namespace frostgate::relay::rdp
