#include "gateway/relay/rdp/dynamic_channels.h"

#include <algorithm>
#include <string>
#include <utility>

#include "gateway/relay/rdp/little_endian.h"

namespace frostgate::relay::rdp {
namespace {

constexpr unsigned kCreate = 1, kDataFirst = 2, kData = 3, kClose = 4, kCapabilities = 5;  // MS-RDPEDYC 2.2
constexpr std::uint32_t kCreated = 0, kRefused = 0xC0000001;                                // STATUS_UNSUCCESSFUL
constexpr std::size_t kFieldSizes[] = {1, 2, 4};

Error cut_short() { return {ErrorKind::corrupt, "a message of dynamic channels that is cut"}; }

Error broken() { return {ErrorKind::io, "the connection is broken"}; }

}  // namespace

Result<void> DynamicChannels::receive(std::span<const std::byte> chunk, std::uint32_t flags, std::size_t total) {
  const auto message = TRY(assembly_.add(chunk, flags, total));
  return message ? take(*message) : Result<void>();
}

Result<void> DynamicChannels::take(std::span<const std::byte> message) {
  if (message.empty()) return cut_short();
  const unsigned header = std::to_integer<unsigned>(message[0]), command = header >> 4, number_field = header & 3, length_field = header >> 2 & 3;
  // Version 1 has no priorities, and no compression.
  if (command == kCapabilities) return say(kCapabilities, 0, std::vector<std::byte>{std::byte{1}, std::byte{0}});
  if (number_field >= std::size(kFieldSizes) || message.size() < 1 + kFieldSizes[number_field]) return cut_short();
  const std::uint32_t channel = number(message, 1, kFieldSizes[number_field]);
  std::span<const std::byte> rest = message.subspan(1 + kFieldSizes[number_field]);
  if (command == kCreate) return create(channel, rest);
  const auto found = open_.find(channel);
  if (found == open_.end()) return {};  // refused, or closed meanwhile
  Open& open = found->second;
  if (command == kClose) {
    open.channel->closed();
    open_.erase(found);
    return say(kClose, channel, {});
  }
  if (command != kData && command != kDataFirst) return Error{ErrorKind::corrupt, "a message of dynamic channels of the kind " + std::to_string(command)};
  if (command == kData && open.length == 0) return rest.size() > open.channel->longest() ? add(open, rest) : open.channel->receive(rest);
  if (command == kDataFirst) {
    if (length_field >= std::size(kFieldSizes) || rest.size() < kFieldSizes[length_field]) return cut_short();
    if (open.length > 0) return Error{ErrorKind::corrupt, "a message on a dynamic channel that begins in another"};
    open.length = number(rest, 0, kFieldSizes[length_field]);
    rest = rest.subspan(kFieldSizes[length_field]);
    if (open.length == 0) return cut_short();
  }
  return add(open, rest);
}

Result<void> DynamicChannels::add(Open& open, std::span<const std::byte> piece) {
  const std::size_t length = std::max(open.length, piece.size());
  if (length > open.channel->longest()) return Error{ErrorKind::corrupt, "a message of " + std::to_string(length) + " bytes on a dynamic channel"};
  if (piece.size() > open.length - open.message.size()) return Error{ErrorKind::corrupt, "a message on a dynamic channel that is longer than it says"};
  open.message.insert(open.message.end(), piece.begin(), piece.end());
  if (open.message.size() < open.length) return {};
  open.length = 0;
  return open.channel->receive(std::exchange(open.message, {}));
}

Result<void> DynamicChannels::create(std::uint32_t channel, std::span<const std::byte> name) {
  const std::string_view wanted(reinterpret_cast<const char*>(name.data()), static_cast<std::size_t>(std::ranges::find(name, std::byte{0}) - name.begin()));
  const auto spoken = std::ranges::find(channels_, wanted, &DynamicChannel::name);
  const bool taken = spoken != channels_.end() && !open_.contains(channel) && std::ranges::find(open_, *spoken, [](const auto& one) { return one.second.channel; }) == open_.end();
  std::vector<std::byte> status;
  append(status, taken ? kCreated : kRefused, 4);
  TRY(say(kCreate, channel, status));
  if (!taken) return {};
  open_.emplace(channel, Open{*spoken, {}, 0});
  const auto send = [this, channel](std::span<const std::byte> message) { return say(kData, channel, message).has_value(); };
  return (*spoken)->opened(send) ? Result<void>() : broken();
}

Result<void> DynamicChannels::say(unsigned command, std::uint32_t channel, std::span<const std::byte> content) {
  const unsigned field = channel > 0xFFFF ? 2 : channel > 0xFF ? 1 : 0;
  std::vector<std::byte> message;
  message.reserve(5 + content.size());
  append(message, command << 4 | field, 1);
  append(message, channel, kFieldSizes[field]);
  message.insert(message.end(), content.begin(), content.end());
  return send_(message) ? Result<void>() : broken();
}

}  // namespace frostgate::relay::rdp
