#include "gateway/relay/rdp/channel_bridge.h"

#include <algorithm>
#include <string>
#include <utility>

namespace frostgate::relay::rdp {

void ChannelBridge::attach(BridgeEnd of, Wakeup& wake) {
  const std::lock_guard lock(mutex_);
  end(of).wake = &wake;
  if (std::any_of(end(of).waiting.begin(), end(of).waiting.end(), [](const Lane& one) { return !one.messages.empty(); })) wake.raise();
}

void ChannelBridge::detach(BridgeEnd of) {
  Passing out;
  {
    const std::lock_guard lock(mutex_);
    end(of) = End();
    if (of == BridgeEnd::target && !closed_) {
      devices_.target_gone(out);
      sound_.target_gone();
      (void)queue(BridgeEnd::client, BridgedChannel::devices, std::move(out.to_client));
    }
  }
  for (const DeviceFact& fact : out.facts) note_(fact);
}

Result<void> ChannelBridge::receive(BridgeEnd from, BridgedChannel channel, std::span<const std::byte> chunk, std::uint32_t flags, std::size_t total, Clock::time_point now) {
  if (!passes(channel)) return {};
  Passing out;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return {};
    End& sender = end(from);
    auto message = TRY(sender.assemblies[static_cast<std::size_t>(channel)].add(chunk, flags, total));
    if (!message) return {};
    if (now - sender.counted_from > kFlood) sender.counted_from = now, sender.messages = 0;
    if (++sender.messages > kMostMessages) return Error{ErrorKind::corrupt, "more than " + std::to_string(kMostMessages) + " messages of devices and sound within seconds"};
    TRY(filter(from, channel, *std::move(message), out));
    const bool taken = queue(BridgeEnd::client, channel, std::move(out.to_client)) && queue(BridgeEnd::target, channel, std::move(out.to_target));
    if (!taken) return Error{ErrorKind::corrupt, std::string("more on the channel ") + name_of(channel) + " than anybody can take"};
  }
  for (const DeviceFact& fact : out.facts) note_(fact);
  return {};
}

Result<void> ChannelBridge::filter(BridgeEnd from, BridgedChannel channel, ChannelMessage message, Passing& out) {
  const std::size_t waiting = lane(BridgeEnd::client, channel).bytes;
  if (channel == BridgedChannel::sound) return from == BridgeEnd::client ? sound_.from_client(std::move(message), out) : sound_.from_target(std::move(message), waiting > kLongestSound, out);
  return from == BridgeEnd::client ? devices_.from_client(std::move(message), out) : devices_.from_target(std::move(message), waiting > kCrowded, out);
}

// For a target that is not there nothing waits.
bool ChannelBridge::queue(BridgeEnd to, BridgedChannel channel, std::vector<ChannelMessage> messages) {
  End& receiver = end(to);
  if (messages.empty() || (to == BridgeEnd::target && !receiver.wake)) return true;
  Lane& there = lane(to, channel);
  for (ChannelMessage& message : messages) {
    there.bytes += message.size();
    there.messages.emplace_back(std::move(message));
  }
  if (receiver.wake) receiver.wake->raise();
  return there.bytes <= kMostWaiting;
}

bool ChannelBridge::waits(BridgeEnd to) const {
  const std::lock_guard lock(mutex_);
  const auto& waiting = ends_[static_cast<std::size_t>(to)].waiting;
  return std::any_of(waiting.begin(), waiting.end(), [](const Lane& one) { return !one.messages.empty(); });
}

ChannelBridge::Lane* ChannelBridge::first_waiting(BridgeEnd to, BridgedChannel& channel) {
  for (const BridgedChannel one : {BridgedChannel::sound, BridgedChannel::devices}) {
    channel = one;
    if (Lane& there = lane(to, one); !there.messages.empty()) return &there;
  }
  return nullptr;
}

std::optional<ChannelBridge::Outgoing> ChannelBridge::next(BridgeEnd to) {
  const std::lock_guard lock(mutex_);
  Outgoing out{};
  Lane* const there = first_waiting(to, out.channel);
  if (!there) return std::nullopt;
  there->bytes -= there->messages.front().size();
  out.message = std::move(there->messages.front()).take();
  there->messages.pop_front();
  return out;
}

std::optional<ChannelBridge::Portion> ChannelBridge::next_portion(BridgeEnd to, bool devices_due) {
  const std::lock_guard lock(mutex_);
  Portion out{};
  Lane* const there = first_waiting(to, out.channel);
  if (!there || (out.channel == BridgedChannel::devices && !devices_due)) return std::nullopt;
  const ChunkedMessage::Chunk chunk = there->messages.front().next();
  out.bytes.assign(chunk.bytes.begin(), chunk.bytes.end());
  out.flags = chunk.flags;
  out.total = chunk.total;
  there->bytes -= chunk.bytes.size();
  if (there->messages.front().done()) there->messages.pop_front();
  return out;
}

bool ChannelBridge::within_devices(BridgeEnd to) const {
  const std::lock_guard lock(mutex_);
  const auto& devices = ends_[static_cast<std::size_t>(to)].waiting[static_cast<std::size_t>(BridgedChannel::devices)].messages;
  return !devices.empty() && devices.front().begun();
}

void ChannelBridge::close() {
  Passing out;
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(closed_, true)) return;
    devices_.target_gone(out);
  }
  for (const DeviceFact& fact : out.facts) note_(fact);
}

}  // namespace frostgate::relay::rdp
