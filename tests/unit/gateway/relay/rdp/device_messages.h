// Messages of the channel of devices (MS-RDPEFS 2.2), as clients and targets send them.
#pragma once

#include <initializer_list>
#include <string_view>

#include "gateway/base/utf16.h"
#include "gateway/relay/rdp/device_filter.h"
#include "gateway/relay/rdp/device_protocol.h"
#include "gateway/relay/rdp/little_endian.h"

namespace frostgate::relay::rdp {

inline ChannelMessage words(std::initializer_list<std::uint32_t> values) {
  ChannelMessage out;
  for (const std::uint32_t value : values) append(out, value, 4);
  return out;
}

inline ChannelMessage packet(std::uint32_t kind, const ChannelMessage& content, std::uint32_t component = rdpdr::kCore) {
  ChannelMessage out;
  append(out, component, 2);
  append(out, kind, 2);
  out.insert(out.end(), content.begin(), content.end());
  return out;
}

inline ChannelMessage server_announce() { return packet(rdpdr::kServerAnnounce, words({0x000C0001, 7})); }

struct Announced {
  std::uint32_t type, id;
  std::string_view name;
  std::size_t data = 0;
};

inline ChannelMessage device_list(std::initializer_list<Announced> devices) {
  ChannelMessage content = words({static_cast<std::uint32_t>(devices.size())});
  for (const Announced& device : devices) {
    append(content, device.type, 4);
    append(content, device.id, 4);
    for (std::size_t i = 0; i < 8; ++i) append(content, i < device.name.size() ? static_cast<unsigned char>(device.name[i]) : 0, 1);
    append(content, static_cast<std::uint32_t>(device.data), 4);
    content.resize(content.size() + device.data);
  }
  return packet(rdpdr::kDeviceList, content);
}

// With what follows the header padded to 32 bytes, and `content` behind it.
inline ChannelMessage request(std::uint32_t device, std::uint32_t file, std::uint32_t number, std::uint32_t major, const ChannelMessage& parameters = {}, const ChannelMessage& content = {},
                              std::uint32_t minor = 0) {
  ChannelMessage out = packet(rdpdr::kRequest, words({device, file, number, major, minor}));
  out.insert(out.end(), parameters.begin(), parameters.end());
  out.resize(56);
  out.insert(out.end(), content.begin(), content.end());
  return out;
}

inline ChannelMessage create(std::uint32_t device, std::uint32_t number, std::string_view path, std::uint32_t access = 0x80000000, std::uint32_t disposition = 1, std::uint32_t options = 0) {
  ChannelMessage name = to_utf16(path).value();
  name.resize(name.size() + 2);
  return request(device, 0, number, rdpdr::kCreate, words({access, 0, 0, 0, 7, disposition, options, static_cast<std::uint32_t>(name.size())}), name);
}

inline ChannelMessage write(std::uint32_t device, std::uint32_t file, std::uint32_t number, std::size_t size) {
  return request(device, file, number, rdpdr::kWrite, words({static_cast<std::uint32_t>(size), 0, 0}), ChannelMessage(size));
}

inline ChannelMessage completion(std::uint32_t device, std::uint32_t number, std::uint32_t status, const ChannelMessage& content = words({0})) {
  ChannelMessage out = packet(rdpdr::kCompletion, words({device, number, status}));
  out.insert(out.end(), content.begin(), content.end());
  return out;
}

// Whose sender is to be cut.
inline bool cut(const Result<void>& outcome) { return !outcome && outcome.error().kind == ErrorKind::corrupt; }

inline std::uint32_t kind_of(const ChannelMessage& message) { return number(message, 2, 2); }
inline std::uint32_t word(const ChannelMessage& message, std::size_t at) { return number(message, at, 4); }

// A filter between a client and a target, and what each of them has got.
class BetweenBoth {
 public:
  explicit BetweenBoth(const Redirections& allowed) : filter(allowed) {}

  Result<void> client(ChannelMessage message) { return took([&](Passing& out) { return filter.from_client(std::move(message), out); }); }
  Result<void> target(ChannelMessage message, bool crowded = false) {
    return took([&](Passing& out) { return filter.from_target(std::move(message), crowded, out); });
  }
  bool begins() { return target(server_announce()).has_value(); }
  // The last message that an end got, or nothing when it got none since the last call.
  ChannelMessage at_client() { return last(now.to_client); }
  ChannelMessage at_target() { return last(now.to_target); }
  // A file that the client opens for the target: its CREATE passes, and is answered with `file`.
  bool open(std::uint32_t device, std::uint32_t file, std::string_view path, std::uint32_t access = 0x80000000, std::uint32_t disposition = 1, std::uint32_t options = 0) {
    return target(create(device, 1, path, access, disposition, options)).has_value() && answers(0, words({file, 1}));
  }
  // The client answers what it was asked last.
  bool answers(std::uint32_t status, const ChannelMessage& content = words({0})) {
    const ChannelMessage asked = at_client();
    return !asked.empty() && kind_of(asked) == rdpdr::kRequest && client(completion(word(asked, 4), word(asked, 12), status, content)).has_value();
  }
  // What the target's last request was answered with; 1 when it was not.
  std::uint32_t refused_with() {
    const ChannelMessage answer = at_target();
    return answer.empty() || kind_of(answer) != rdpdr::kCompletion ? 1 : word(answer, 12);
  }

  DeviceFilter filter;
  Passing now;  // since the last message
  std::vector<DeviceFact> facts;

 private:
  template <class Give>
  Result<void> took(Give give) {
    now = {};
    Result<void> outcome = give(now);
    facts.insert(facts.end(), now.facts.begin(), now.facts.end());
    return outcome;
  }
  static ChannelMessage last(const std::vector<ChannelMessage>& messages) { return messages.empty() ? ChannelMessage() : messages.back(); }
};

}  // namespace frostgate::relay::rdp
