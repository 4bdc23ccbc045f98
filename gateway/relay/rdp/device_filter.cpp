// The devices themselves: who has which, and what of them the target hears. What is done with them is in device_requests.cpp.
#include "gateway/relay/rdp/device_filter.h"

#include <algorithm>
#include <string>

#include "gateway/relay/rdp/device_protocol.h"
#include "gateway/relay/rdp/little_endian.h"
#include "gateway/relay/rdp/shown_path.h"

namespace frostgate::relay::rdp {
namespace {

constexpr std::size_t kIdentity = 12;            // 2.2.2.2, 2.2.2.3, 2.2.2.6
constexpr std::size_t kMostCapabilities = 64;
constexpr std::size_t kLongestComputerName = 2048;  // bytes

Error malformed_message(const char* what) { return {ErrorKind::corrupt, std::string("a malformed message about devices: ") + what}; }

DeviceKind kind_of(std::uint32_t type) {
  switch (type) {
    case rdpdr::kSerial:
    case rdpdr::kParallel: return DeviceKind::port;
    case rdpdr::kPrint: return DeviceKind::printer;
    case rdpdr::kFileSystem: return DeviceKind::drive;
    case rdpdr::kSmartcard: return DeviceKind::smartcard;
    default: return DeviceKind::unknown;
  }
}

std::optional<DeviceKind> kind_of_capability(std::uint32_t type) {
  switch (type) {
    case rdpdr::kPrinterCapability: return DeviceKind::printer;
    case rdpdr::kPortCapability: return DeviceKind::port;
    case rdpdr::kDriveCapability: return DeviceKind::drive;
    case rdpdr::kSmartcardCapability: return DeviceKind::smartcard;
    default: return std::nullopt;
  }
}

ChannelMessage begin(std::uint32_t component, std::uint32_t packet) {
  ChannelMessage out;
  append(out, component, 2);
  append(out, packet, 2);
  return out;
}

// 2.2.2.1, of the target's, though we say it.
ChannelMessage device_denied(std::uint32_t device) {
  ChannelMessage out = begin(rdpdr::kCore, rdpdr::kDeviceReply);
  append(out, device, 4);
  append(out, rdpdr::kAccessDenied, 4);
  return out;
}

// 2.2.2.7, 2.2.2.8: those sets that `keeps` says of their types.
template <class Keeps>
Result<ChannelMessage> capability_sets(std::span<const std::byte> message, Keeps keeps) {
  if (message.size() < rdpdr::kHeader + 4) return malformed_message("no capabilities");
  const std::uint32_t count = number(message, rdpdr::kHeader, 2);
  if (count > kMostCapabilities) return malformed_message("too many capabilities");
  ChannelMessage sets;
  std::uint32_t kept = 0;
  std::span<const std::byte> rest = message.subspan(rdpdr::kHeader + 4);
  for (std::uint32_t i = 0; i < count; ++i) {
    if (rest.size() < 8) return malformed_message("capabilities that are cut");
    const std::size_t length = number(rest, 2, 2);
    if (length < 8 || length > rest.size()) return malformed_message("a capability of an impossible length");
    if (keeps(number(rest, 0, 2))) {
      sets.insert(sets.end(), rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(length));
      ++kept;
    }
    rest = rest.subspan(length);
  }
  ChannelMessage out(message.begin(), message.begin() + rdpdr::kHeader);
  append(out, kept, 2);
  append(out, 0, 2);
  out.insert(out.end(), sets.begin(), sets.end());
  return out;
}

Result<void> check_name(std::span<const std::byte> message) {
  if (message.size() < rdpdr::kHeader + 12) return malformed_message("no name of a computer");
  const std::uint32_t length = number(message, rdpdr::kHeader + 8, 4);
  if (length > kLongestComputerName || length > message.size() - rdpdr::kHeader - 12) return malformed_message("a name of an impossible length");
  return {};
}

}  // namespace

const char* to_string(DeviceKind kind) {
  switch (kind) {
    case DeviceKind::drive: return "drive";
    case DeviceKind::printer: return "printer";
    case DeviceKind::port: return "port";
    case DeviceKind::smartcard: return "smart card";
    case DeviceKind::unknown: break;
  }
  return "device of an unknown kind";
}

const char* plural_of(DeviceKind kind) {
  switch (kind) {
    case DeviceKind::drive: return "drives";
    case DeviceKind::printer: return "printers";
    case DeviceKind::port: return "ports";
    case DeviceKind::smartcard: return "smart cards";
    case DeviceKind::unknown: break;
  }
  return "devices of an unknown kind";
}

bool DeviceFilter::passes(DeviceKind kind) const {
  switch (kind) {
    case DeviceKind::drive: return allowed_.drives != DriveAccess::none;
    case DeviceKind::printer: return allowed_.printers;
    case DeviceKind::port: return allowed_.ports;
    case DeviceKind::smartcard: return allowed_.smartcards;
    case DeviceKind::unknown: break;
  }
  return false;
}

// While no target is there, or it has not begun, what the client says is for nobody.
void DeviceFilter::to_target(ChannelMessage message, Passing& out) const {
  if (target_) out.to_target.push_back(std::move(message));
}

Result<void> DeviceFilter::from_client(ChannelMessage message, Passing& out) {
  if (message.size() < rdpdr::kHeader) return malformed_message("it has no header");
  if (!begun_) return Error{ErrorKind::corrupt, "a message about devices before any was asked for"};
  const std::uint32_t component = number(message, 0, 2), packet = number(message, 2, 2);
  switch (component == rdpdr::kCore ? packet : 0) {
    case rdpdr::kCompletion: return completion(std::move(message), out);
    case rdpdr::kDeviceList: return device_list(message, out);
    case rdpdr::kDeviceRemoval: return device_removal(message, out);
    case rdpdr::kClientId:
      if (message.size() < kIdentity) return malformed_message("no identity");
      break;
    case rdpdr::kClientName: TRY(check_name(message)); break;
    case rdpdr::kClientCapabilities:
      message = TRY(capability_sets(message, [&](std::uint32_t type) {
        const auto kind = kind_of_capability(type);
        return type == rdpdr::kGeneralCapability || (kind && passes(*kind));
      }));
      break;
    default: return Error{ErrorKind::corrupt, "a message about devices of the unknown kind " + std::to_string(component) + "/" + std::to_string(packet)};
  }
  to_target(std::move(message), out);
  return {};
}

Result<void> DeviceFilter::from_target(ChannelMessage message, bool crowded, Passing& out) {
  if (message.size() < rdpdr::kHeader) return malformed_message("it has no header");
  const std::uint32_t component = number(message, 0, 2), packet = number(message, 2, 2);
  if (component == rdpdr::kPrinting && (packet == rdpdr::kPrinterCache || packet == rdpdr::kPrinterXps)) {
    // It has heard of no printer that is denied.
    if (target_ && allowed_.printers) out.to_client.push_back(std::move(message));
    return {};
  }
  if (component == rdpdr::kCore && packet == rdpdr::kServerAnnounce) {
    if (message.size() < kIdentity) return malformed_message("no identity");
    target_gone(out);
    begun_ = target_ = true;
    out.to_client.push_back(std::move(message));
    return {};
  }
  if (!target_) return Error{ErrorKind::corrupt, "a message about devices before the first one"};
  switch (component == rdpdr::kCore ? packet : 0) {
    case rdpdr::kRequest: return request(std::move(message), crowded, out);
    case rdpdr::kClientId:
      if (message.size() < kIdentity) return malformed_message("no identity");
      break;
    case rdpdr::kServerCapabilities:
      message = TRY(capability_sets(message, [](std::uint32_t type) { return type == rdpdr::kGeneralCapability || kind_of_capability(type); }));
      break;
    case rdpdr::kLoggedOn: break;
    case rdpdr::kDeviceReply: {
      if (message.size() < rdpdr::kHeader + 8) return malformed_message("no answer about a device");
      const auto device = devices_.find(number(message, rdpdr::kHeader, 4));
      if (device == devices_.end()) return Error{ErrorKind::corrupt, "an answer about a device that the client never announced"};
      if (device->second.gone) return {};
      break;
    }
    default: return Error{ErrorKind::corrupt, "a message about devices of the unknown kind " + std::to_string(component) + "/" + std::to_string(packet)};
  }
  out.to_client.push_back(std::move(message));
  return {};
}

// 2.2.2.9
Result<void> DeviceFilter::device_list(std::span<const std::byte> message, Passing& out) {
  constexpr std::size_t kEntry = 20;
  if (message.size() < rdpdr::kHeader + 4) return malformed_message("no list of devices");
  const std::uint32_t count = number(message, rdpdr::kHeader, 4);
  if (count > kMostDevices) return Error{ErrorKind::corrupt, std::to_string(count) + " devices"};
  std::span<const std::byte> rest = message.subspan(rdpdr::kHeader + 4);
  ChannelMessage list = begin(rdpdr::kCore, rdpdr::kDeviceList);
  append(list, 0, 4);
  std::uint32_t passed = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (rest.size() < kEntry) return malformed_message("a list of devices that is cut");
    const std::uint32_t id = number(rest, 4, 4);
    const std::size_t data = number(rest, 16, 4);
    if (data > rest.size() - kEntry) return malformed_message("a device of an impossible length");
    const std::span<const std::byte> entry = rest.first(kEntry + data);
    rest = rest.subspan(kEntry + data);
    const DeviceKind kind = kind_of(number(entry, 0, 4));
    std::string name = shown_device(entry.subspan(8, 8));
    if (!passes(kind)) {
      out.to_client.push_back(device_denied(id));
      out.facts.push_back({.what = DeviceFact::What::refused, .kind = kind, .device = std::move(name), .path = {}, .access = {}, .became = {}});
      continue;
    }
    if (!devices_.contains(id) && devices_.size() >= kMostDevices) {
      const auto gone = std::find_if(devices_.begin(), devices_.end(), [](const auto& device) { return device.second.gone; });
      if (gone == devices_.end()) return Error{ErrorKind::corrupt, "more than " + std::to_string(kMostDevices) + " devices"};
      devices_.erase(gone);
    }
    // Clients name their smart cards before the user is logged on, and with everything else afterwards.
    const auto known = devices_.find(id);
    if (known == devices_.end() || known->second.gone || known->second.kind != kind || known->second.name != name) {
      out.facts.push_back({.what = DeviceFact::What::announced, .kind = kind, .device = name, .path = {}, .access = {}, .became = {}});
      devices_.insert_or_assign(id, Device{kind, std::move(name)});
    }
    list.insert(list.end(), entry.begin(), entry.end());
    ++passed;
  }
  overwrite(list, rdpdr::kHeader, passed, 4);
  to_target(std::move(list), out);
  return {};
}

// 2.2.3.2. Of devices that the target does not know it hears nothing.
Result<void> DeviceFilter::device_removal(std::span<const std::byte> message, Passing& out) {
  if (message.size() < rdpdr::kHeader + 4) return malformed_message("no list of devices");
  const std::uint32_t count = number(message, rdpdr::kHeader, 4);
  if (count > kMostDevices || count > (message.size() - rdpdr::kHeader - 4) / 4) return malformed_message("a list of devices of an impossible length");
  ChannelMessage list = begin(rdpdr::kCore, rdpdr::kDeviceRemoval);
  append(list, 0, 4);
  std::uint32_t passed = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t id = number(message, rdpdr::kHeader + 4 + 4 * std::size_t{i}, 4);
    const auto device = devices_.find(id);
    if (device == devices_.end() || device->second.gone) continue;
    for (auto file = files_.lower_bound({id, 0}); file != files_.end() && file->first.first == id;) {
      const auto next = std::next(file);
      close_file(file, out);
      file = next;
    }
    device->second.gone = true;
    append(list, id, 4);
    ++passed;
  }
  if (passed == 0) return {};
  overwrite(list, rdpdr::kHeader, passed, 4);
  to_target(std::move(list), out);
  return {};
}

void DeviceFilter::close_file(std::map<FileKey, File>::iterator file, Passing& out) {
  const auto device = devices_.find(file->first.first);
  if (device != devices_.end()) {
    File& done = file->second;
    out.facts.push_back({.what = DeviceFact::What::closed, .kind = device->second.kind, .device = device->second.name, .path = std::move(done.path), .access = done.access,
                         .became = std::move(done.became), .to_target = done.to_target, .to_client = done.to_client});
  }
  files_.erase(file);
}

// Nobody waits for the answer.
void DeviceFilter::close_at_client(std::uint32_t device, std::uint32_t file, Passing& out) {
  ChannelMessage close = begin(rdpdr::kCore, rdpdr::kRequest);
  for (const std::uint32_t word : {device, file, ++last_number_, std::uint32_t{rdpdr::kClose}, std::uint32_t{0}}) append(close, word, 4);
  close.resize(close.size() + 32);
  out.to_client.push_back(std::move(close));
  Request request;
  request.device = device;
  request.major = rdpdr::kClose;
  request.forgotten = true;
  requests_.insert_or_assign(last_number_, std::move(request));
}

void DeviceFilter::target_gone(Passing& out) {
  target_ = false;
  for (auto& [number, request] : requests_) request.forgotten = true;
  wanted_ = opening_ = 0;
  while (!files_.empty()) {
    const auto file = files_.begin();
    const auto [device, id] = file->first;
    if (!file->second.closing) close_at_client(device, id, out);
    close_file(file, out);
  }
  for (auto& [id, device] : devices_) device.gone = true;
}

}  // namespace frostgate::relay::rdp
