// Between an RDP client and an RDP target: what passes on the static channels of devices and sound, as the Grant has it. Each end gives the chunks that it
// receives, and takes whole messages when its connection takes them; what waits is bounded, so that a slow end costs its own session some memory and nobody else
// anything. Thread-safe; the ends are on threads of their own.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "codec/base/result.h"
#include "gateway/base/redirections.h"
#include "gateway/relay/rdp/chunked_message.h"
#include "gateway/relay/rdp/device_filter.h"
#include "gateway/relay/rdp/message_assembly.h"
#include "gateway/relay/rdp/sound_filter.h"
#include "gateway/relay/wakeup.h"

namespace frostgate::relay::rdp {

enum class BridgeEnd { client, target };
enum class BridgedChannel { devices, sound };

class ChannelBridge {
 public:
  using Clock = std::chrono::steady_clock;
  // As a client and a target name them (MS-RDPBCGR 2.2.1.3.4.1).
  static constexpr const char* name_of(BridgedChannel channel) { return channel == BridgedChannel::devices ? "rdpdr" : "rdpsnd"; }
  static constexpr std::size_t kMostWaiting = 16u << 20;    // bytes for an end, of a channel; beyond it the other end is cut
  static constexpr std::size_t kCrowded = 4u << 20;         // of devices, for the client: its target's requests are refused from here on
  static constexpr std::size_t kLongestSound = 256u << 10;  // a second or two: sound is left out from here on

  // `note` is called on the thread of the end whose message it follows from, or of whoever closes.
  ChannelBridge(const Redirections& allowed, std::function<void(const DeviceFact&)> note) : allowed_(allowed), note_(std::move(note)), devices_(allowed) {}

  bool passes(BridgedChannel channel) const { return channel == BridgedChannel::devices ? allowed_.devices() : allowed_.sound; }

  // `wake` is raised when something waits for this end, until it is detached. Whatever a target left open is closed when it is.
  void attach(BridgeEnd end, Wakeup& wake);
  void detach(BridgeEnd end);

  // A chunk as it came. What comes on a channel that does not pass is dropped. Error `corrupt`: its end is broken or hostile, and is to be cut.
  Result<void> receive(BridgeEnd from, BridgedChannel channel, std::span<const std::byte> chunk, std::uint32_t flags, std::size_t total, Clock::time_point now);

  struct Outgoing {
    BridgedChannel channel;
    ChannelMessage message;
  };
  bool waits(BridgeEnd to) const;
  std::optional<Outgoing> next(BridgeEnd to);  // sound first
  // The same in chunks, for an end that has other things to send between them; sound also goes between those of devices, and alone when these are not `due`. An end
  // uses either.
  struct Portion {
    BridgedChannel channel;
    std::vector<std::byte> bytes;
    std::uint32_t flags = 0;  // CHANNEL_FLAG_FIRST, CHANNEL_FLAG_LAST
    std::size_t total = 0;    // of the message
  };
  std::optional<Portion> next_portion(BridgeEnd to, bool devices_due);
  bool within_devices(BridgeEnd to) const;  // in the middle of a message

  // The session is over: nothing passes any more, and what is open is noted as closed.
  void close();

 private:
  static constexpr int kMostMessages = 100'000;  // of an end, in kFlood
  static constexpr auto kFlood = std::chrono::seconds(10);
  struct Lane {
    std::deque<ChunkedMessage> messages;
    std::size_t bytes = 0;
  };
  struct End {
    Wakeup* wake = nullptr;
    std::array<MessageAssembly, 2> assemblies;  // by channel
    std::array<Lane, 2> waiting;                // for it, by channel
    int messages = 0;                           // since
    Clock::time_point counted_from{};
  };
  End& end(BridgeEnd of) { return ends_[static_cast<std::size_t>(of)]; }
  Lane* first_waiting(BridgeEnd to, BridgedChannel& channel);
  Lane& lane(BridgeEnd to, BridgedChannel channel) { return end(to).waiting[static_cast<std::size_t>(channel)]; }
  Result<void> filter(BridgeEnd from, BridgedChannel channel, ChannelMessage message, Passing& out);
  bool queue(BridgeEnd to, BridgedChannel channel, std::vector<ChannelMessage> messages);

  const Redirections allowed_;
  const std::function<void(const DeviceFact&)> note_;
  mutable std::mutex mutex_;  // guards what follows
  DeviceFilter devices_;
  SoundFilter sound_;
  std::array<End, 2> ends_;
  bool closed_ = false;
};

}  // namespace frostgate::relay::rdp
