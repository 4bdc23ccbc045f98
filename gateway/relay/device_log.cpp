#include "gateway/relay/device_log.h"

#include <nlohmann/json.hpp>

#include "gateway/relay/rdp/device_filter.h"

namespace frostgate::relay {
namespace {

using DeviceWhat = rdp::DeviceFact::What;

std::string in_words(const rdp::FileAccess& access) {
  std::string out;
  for (const auto& [has, word] : {std::pair{access.read, "read"}, std::pair{access.write, "write"}, std::pair{access.remove, "delete"}}) {
    if (has) out += (out.empty() ? "" : " ") + std::string(word);
  }
  return out;
}

std::string device_of(const rdp::DeviceFact& fact) { return std::string(to_string(fact.kind)) + (fact.device.empty() ? "" : " " + fact.device); }

// Something was done with it. Programs look at many files to show a folder.
bool matters(const rdp::DeviceFact& fact) { return fact.to_target > 0 || fact.to_client > 0 || !fact.became.empty(); }

std::string line_of(const rdp::DeviceFact& fact) {
  const std::string device = device_of(fact), path = fact.path.empty() ? "" : " \"" + fact.path + "\"", access = in_words(fact.access);
  switch (fact.what) {
    case DeviceWhat::announced: return device + ": passed on";
    case DeviceWhat::refused: return device + ": denied by the policy";
    case DeviceWhat::opened: return device + path + ": opened" + (access.empty() ? "" : ", to " + access);
    case DeviceWhat::closed:
      return device + path + ": closed, " + std::to_string(fact.to_target) + " bytes to the target, " + std::to_string(fact.to_client) + " bytes to the client" +
             (fact.became.empty() ? "" : ", became \"" + fact.became + "\"");
    case DeviceWhat::denied: return device + path + ": a change denied by the policy" + (access.empty() ? "" : ", to " + access);
    case DeviceWhat::used: return device + ": used";
  }
  return device;
}

nlohmann::json message_of(const rdp::DeviceFact& fact) {
  if (fact.what == DeviceWhat::refused) return {{"type", "refused_channel"}, {"channel", std::string("rdpdr ") + rdp::plural_of(fact.kind)}};
  nlohmann::json out{{"type", "device"}, {"device", device_of(fact)}};
  out["what"] = fact.what == DeviceWhat::announced ? "announced" : fact.what == DeviceWhat::denied ? "denied" : fact.what == DeviceWhat::used ? "used" : "file";
  if (!fact.path.empty()) out["path"] = fact.path;
  if (fact.what == DeviceWhat::denied || fact.what == DeviceWhat::closed) out["access"] = in_words(fact.access);
  if (fact.what != DeviceWhat::closed) return out;
  out["to_target_bytes"] = fact.to_target;
  out["to_client_bytes"] = fact.to_client;
  if (!fact.became.empty()) out["became"] = fact.became;
  return out;
}

}  // namespace

void DeviceLog::note(const rdp::DeviceFact& fact, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  if (now - began_ >= kWindow) {
    say_more();
    began_ = now;
    lines_ = told_ = 0;
  }
  line(line_of(fact));
  if (fact.what == DeviceWhat::opened || (fact.what == DeviceWhat::closed && !matters(fact))) return;
  if (tell(message_of(fact))) return;
  ++more_files_;
  more_to_target_ += fact.to_target;
  more_to_client_ += fact.to_client;
}

void DeviceLog::line(const std::string& text) {
  if (++lines_ <= kLines) ends_.log(text);
}

bool DeviceLog::tell(const nlohmann::json& message) {
  if (++told_ > kTold) return false;
  ends_.tell(message);
  return true;
}

void DeviceLog::say_more() {
  if (lines_ > kLines) ends_.log("and " + std::to_string(lines_ - kLines) + " more lines about devices within a minute");
  if (more_files_ > 0) {
    const nlohmann::json more{{"type", "device"}, {"what", "more"}, {"count", more_files_}, {"to_target_bytes", more_to_target_}, {"to_client_bytes", more_to_client_}};
    ends_.tell(more);
  }
  more_files_ = 0;
  more_to_target_ = more_to_client_ = 0;
  lines_ = 0;
}

void DeviceLog::finish() {
  const std::lock_guard lock(mutex_);
  say_more();
}

}  // namespace frostgate::relay
