// Dynamic virtual channels towards an RDP target (MS-RDPEDYC), of version 1: the target opens those that we speak, and no others. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string_view>
#include <vector>

#include "codec/base/result.h"
#include "gateway/relay/rdp/message_assembly.h"

namespace frostgate::relay::rdp {

// One that we speak. All is called by the thread that calls DynamicChannels.
class DynamicChannel {
 public:
  // A whole message, some kilobytes at most. False: the connection is broken.
  using Send = std::function<bool(std::span<const std::byte> message)>;

  virtual ~DynamicChannel() = default;
  virtual std::string_view name() const = 0;
  virtual std::size_t longest() const = 0;  // message that it takes
  // The target has opened it. False: the connection is broken.
  virtual bool opened(Send send) = 0;
  // Error `corrupt`: it sent what cannot be; others: what we do not speak, or that the connection is broken.
  virtual Result<void> receive(std::span<const std::byte> message) = 0;
  virtual void closed() = 0;
};

class DynamicChannels {
 public:
  static constexpr char kName[] = "drdynvc";

  // The channels outlive it. `send`: a message on the static channel; as DynamicChannel::Send.
  DynamicChannels(std::vector<DynamicChannel*> channels, DynamicChannel::Send send) : channels_(std::move(channels)), send_(std::move(send)) {}

  // A chunk of the static channel as it came, with its CHANNEL_FLAG_* and the length of the whole message. Error `corrupt`: a message that cannot be, or longer than the channel takes (no
  // room is made for what is only announced); or what the channel makes of it.
  Result<void> receive(std::span<const std::byte> chunk, std::uint32_t flags, std::size_t total);

 private:
  struct Open {
    DynamicChannel* channel;
    std::vector<std::byte> message;  // so much of it as came
    std::size_t length = 0;          // of it; 0: none has begun
  };
  Result<void> take(std::span<const std::byte> message);
  Result<void> create(std::uint32_t number, std::span<const std::byte> name);
  Result<void> add(Open& open, std::span<const std::byte> piece);
  Result<void> say(unsigned command, std::uint32_t number, std::span<const std::byte> content);

  const std::vector<DynamicChannel*> channels_;
  const DynamicChannel::Send send_;
  MessageAssembly assembly_;
  std::map<std::uint32_t, Open> open_;  // by the target's number
};

}  // namespace frostgate::relay::rdp
