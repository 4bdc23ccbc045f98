// The virtual channels of an RDP client: an allow-list of two static channels that the gateway itself speaks (drdynvc and cliprdr), of the dynamic ones that
// others open on the first, and of the two that a ChannelBridge has. What arrives on any other channel is dropped. The front's thread.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "gateway/relay/rdp/channel_bridge.h"
#include "gateway/relay/rdp/freerdp_compat.h"

namespace frostgate::relay::rdp {

class VirtualChannels {
 public:
  // After the peer's context exists. Null when libfreerdp has no memory.
  static std::unique_ptr<VirtualChannels> create(freerdp_peer* peer);
  ~VirtualChannels();

  // The static channels that the client has named and that are not spoken here, as a log may show them.
  std::vector<std::string> others() const;
  // Whether the client has joined drdynvc, so that dynamic channels can be had.
  bool dynamic() const { return WTSVirtualChannelManagerIsChannelJoined(manager_, "drdynvc"); }
  bool clipboard() const { return WTSVirtualChannelManagerIsChannelJoined(manager_, "cliprdr"); }
  // A chunk on a static channel that the client has joined, with its CHANNEL_FLAG_* and the length of the whole message. False: the connection is broken.
  bool send(const char* name, std::span<const std::byte> chunk, std::uint32_t flags, std::size_t total) { return send_chunk(peer_, WTSChannelGetId(peer_, name), chunk, flags, total); }
  bool is_clipboard(UINT16 channel) const { return clipboard() && channel == WTSChannelGetId(peer_, "cliprdr"); }
  // Which of the bridge's it is, when the client has joined it.
  std::optional<BridgedChannel> bridged(UINT16 channel) const;
  // Whether dynamic channels can be opened now; begins the negotiation when it has not begun.
  bool ready();
  HANDLE manager() const { return manager_; }
  HANDLE event() const { return WTSVirtualChannelManagerGetEventHandle(manager_); }
  // When event() is signalled: sends what is queued. False: the connection is broken.
  bool process() { return WTSVirtualChannelManagerCheckFileDescriptor(manager_); }
  // Whether the client has sent on a dynamic channel what nobody can read: libfreerdp's thread that serves it has ended, and says no more about it.
  bool abused() const;
  // What the client sent on another static channel than these. Errors: corrupt, or the connection is broken.
  Result<void> receive(UINT16 channel, std::span<const std::byte> chunk, UINT32 flags, size_t total);

 private:
  VirtualChannels(freerdp_peer* peer, HANDLE manager) : peer_(peer), manager_(manager) {}

  freerdp_peer* peer_;
  HANDLE manager_;
  psPeerReceiveChannelData receive_ = nullptr;  // libfreerdp's own
};

}  // namespace frostgate::relay::rdp
