#include "gateway/serve/device_notes.h"

#include <algorithm>

namespace frostgate::serve {
namespace {

constexpr int kMostDeviceNotes = 200;  // a relay tells of 60, and of what it counted
constexpr auto kDeviceWindow = std::chrono::minutes(1);
constexpr std::size_t kMaxDeviceText = 1024;
constexpr std::int64_t kMaxDeviceNumber = std::int64_t{1} << 50;
constexpr std::string_view kDeviceWords[] = {"announced", "file", "denied", "used", "more"};

bool printable_note(const std::string& text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

}  // namespace

Result<nlohmann::json> DeviceNotes::read(const ipc::Message& message, UtcTime now) {
  if (now - counted_from_ > kDeviceWindow) counted_from_ = now, told_ = 0;
  if (++told_ > kMostDeviceNotes) return Error{ErrorKind::corrupt, "tells of more devices than it may"};
  nlohmann::json out = nlohmann::json::object();
  for (const char* name : {"what", "device", "path", "access", "became"}) {
    if (!message.body.contains(name)) continue;
    const std::string text = TRY(message.text(name, kMaxDeviceText));
    if (!printable_note(text)) return Error{ErrorKind::corrupt, "tells of a device what cannot be printed"};
    out[name] = text;
  }
  for (const char* name : {"to_target_bytes", "to_client_bytes", "count"}) {
    if (message.body.contains(name)) out[name] = TRY(message.number(name, 0, kMaxDeviceNumber));
  }
  const std::string what = out.value("what", "");
  if (std::find(std::begin(kDeviceWords), std::end(kDeviceWords), what) == std::end(kDeviceWords)) return Error{ErrorKind::corrupt, "tells of a device what is unknown"};
  return out;
}

}  // namespace frostgate::serve
