// What of the user's machine the target may reach: what serve says of it, what the user is told, and the way between the two connections.
#include <algorithm>
#include <utility>

#include "gateway/base/log.h"
#include "gateway/ipc/redirection_members.h"
#include "gateway/relay/relayed_session.h"

namespace frostgate::relay {

using rdp::BridgedChannel;

bool RelayedSession::offers(BridgedChannel channel) const {
  const auto& names = client_.other_channels;
  return std::find(names.begin(), names.end(), rdp::ChannelBridge::name_of(channel)) != names.end();
}

std::string RelayedSession::withheld() const { return screens::withheld(client_.other_channels, redirections_); }

// Of a message that may have no word about it.
void RelayedSession::learn_redirections(const ipc::Message& message) {
  const Result<Redirections> said = ipc::read_redirections(message);
  redirections_ = said ? std::optional(said.value()) : std::nullopt;
}

// Before the target is reached: what its client names, and the Grant does not let pass, is logged and noted.
Result<void> RelayedSession::open_channels(const ipc::Message& target) {
  Redirections passed = TRY(ipc::read_redirections(target));
  if (std::exchange(redirections_, passed) != passed && first_screen_ != 0) show_connecting();
  std::string refused;
  for (const std::string& name : client_.other_channels) {
    const bool devices = name == rdp::ChannelBridge::name_of(BridgedChannel::devices) && passed.devices();
    const bool sound = name == rdp::ChannelBridge::name_of(BridgedChannel::sound) && passed.sound;
    if (devices || sound) continue;
    refused += (refused.empty() ? "" : ", ") + name;
    TRY(link_.tell({{"type", "refused_channel"}, {"channel", name}}));
  }
  if (!refused.empty()) log::info(id_, "virtual channels of the client that stay closed: {}", refused);
  if (!offers(BridgedChannel::devices)) passed = {.sound = passed.sound};
  if (!offers(BridgedChannel::sound)) passed.sound = false;
  if (bridge_ || !passed.any()) return {};
  bridge_ = std::make_shared<rdp::ChannelBridge>(passed, [this](const rdp::DeviceFact& fact) { devices_.note(fact, DeviceLog::Clock::now()); });
  front_->join(bridge_);
  return {};
}

}  // namespace frostgate::relay
