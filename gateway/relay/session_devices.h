// What of the user's machine a session's target may reach: what serve says of it, what the user is told, and the way between the two connections. One thread at a
// time, and close() when none uses it; what passes has its own threads (channel_bridge.h).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/base/redirections.h"
#include "gateway/relay/device_log.h"
#include "gateway/relay/rdp/channel_bridge.h"
#include "gateway/relay/serve_link.h"

namespace frostgate::relay {

class SessionDevices {
 public:
  // Of the session; all of it outlives this.
  struct Session {
    const std::string& id;
    ServeLink& link;
    const std::vector<std::string>& offered;  // virtual channels that the client named
    std::function<void(std::shared_ptr<rdp::ChannelBridge>)> join;  // the client
  };
  explicit SessionDevices(Session session);

  // Of a message that may have no word about it.
  void learn(const ipc::Message& message);
  // By a `target` message, before the target is reached: opens what may pass. What its client names, and the Grant does not let pass, is logged and noted. Whether
  // the user was told otherwise until now.
  Result<bool> open(const ipc::Message& target);
  // What the user has to be told that stays behind; empty: nothing.
  std::string withheld() const;
  std::shared_ptr<rdp::ChannelBridge> bridge() const { return bridge_; }  // null: nothing passes
  void close();  // says what is still to be said

 private:
  bool offers(rdp::BridgedChannel channel) const;

  const Session session_;
  std::optional<Redirections> redirections_;  // as serve said last; nullopt: the rule is not known yet
  DeviceLog log_;
  std::shared_ptr<rdp::ChannelBridge> bridge_;
};

}  // namespace frostgate::relay
