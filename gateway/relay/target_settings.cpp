#include "gateway/relay/target_settings.h"

namespace frostgate::relay {

Result<BackSettings> target_settings(ipc::Message& message) {
  if (message.descriptors.size() != 1) return Error{ErrorKind::invalid, "serve passed no connection to the target"};
  BackSettings settings;
  settings.name = TRY(message.text("name", 64));
  settings.login.user = TRY(message.text("user"));
  settings.login.domain = TRY(message.text("domain"));
  settings.login.password = TRY(message.take_secret("credential"));
  settings.pinned_certificate = TRY(message.text("pinned_certificate"));
  settings.authorities = TRY(message.text("authorities", 1 << 18));
  settings.host = TRY(message.text("host", 255));
  settings.graphics = static_cast<Graphics>(TRY(message.number("graphics", 0, kMostGraphics)));
  settings.socket = message.descriptors[0].release();
  return settings;
}

Result<std::unique_ptr<Back>> make_back(const std::string& protocol, BackSettings settings) {
  if (protocol == "rdp") return make_rdp_back(std::move(settings));
  if (protocol == "vnc") return make_vnc_back(std::move(settings));
  return Error{ErrorKind::invalid, "the gateway speaks no " + protocol};
}

}  // namespace frostgate::relay
