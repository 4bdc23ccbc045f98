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
  // Sends some of what waits while the connection takes it, so that the picture does not wait for all of it. False: it is broken.
  bool send(VirtualChannels& channels, int socket, const std::function<bool()>& blocked);

 private:
  Wakeup& wake_;
  std::mutex mutex_;
  std::shared_ptr<ChannelBridge> joined_;  // guarded by mutex_
  std::shared_ptr<ChannelBridge> bridge_;  // attached
};

}  // namespace frostgate::relay::rdp
