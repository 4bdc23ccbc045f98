#include "gateway/relay/session_devices.h"

#include <algorithm>
#include <utility>

#include "gateway/base/log.h"
#include "gateway/ipc/redirection_members.h"
#include "gateway/relay/screens/phrases.h"

namespace frostgate::relay {

using rdp::BridgedChannel;

SessionDevices::SessionDevices(Session session)
    : session_(std::move(session)),
      log_({.log = [this](const std::string& line) { log::info(session_.id, "{}", line); },
            // Nothing depends on it.
            .tell = [this](const nlohmann::json& message) { (void)session_.link.tell(message).has_value(); }}) {}

bool SessionDevices::offers(BridgedChannel channel) const {
  return std::find(session_.offered.begin(), session_.offered.end(), rdp::ChannelBridge::name_of(channel)) != session_.offered.end();
}

std::string SessionDevices::withheld() const { return screens::withheld(session_.offered, redirections_); }

void SessionDevices::learn(const ipc::Message& message) {
  const Result<Redirections> said = ipc::read_redirections(message);
  redirections_ = said ? std::optional(said.value()) : std::nullopt;
}

Result<bool> SessionDevices::open(const ipc::Message& target) {
  Redirections passed = TRY(ipc::read_redirections(target));
  const bool changed = std::exchange(redirections_, passed) != passed;
  std::string refused;
  for (const std::string& name : session_.offered) {
    const bool devices = name == rdp::ChannelBridge::name_of(BridgedChannel::devices) && passed.devices();
    const bool sound = name == rdp::ChannelBridge::name_of(BridgedChannel::sound) && passed.sound;
    if (devices || sound) continue;
    refused += (refused.empty() ? "" : ", ") + name;
    TRY(session_.link.tell({{"type", "refused_channel"}, {"channel", name}}));
  }
  if (!refused.empty()) log::info(session_.id, "virtual channels of the client that stay closed: {}", refused);
  if (!offers(BridgedChannel::devices)) passed = {.sound = passed.sound};
  if (!offers(BridgedChannel::sound)) passed.sound = false;
  if (bridge_ || !passed.any()) return changed;
  bridge_ = std::make_shared<rdp::ChannelBridge>(passed, [this](const rdp::DeviceFact& fact) { log_.note(fact, DeviceLog::Clock::now()); });
  session_.join(bridge_);
  return changed;
}

void SessionDevices::close() {
  if (bridge_) bridge_->close();
  log_.finish();
}

}  // namespace frostgate::relay
