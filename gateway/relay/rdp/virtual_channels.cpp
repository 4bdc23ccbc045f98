#include "gateway/relay/rdp/virtual_channels.h"

namespace frostgate::relay::rdp {

std::unique_ptr<VirtualChannels> VirtualChannels::create(freerdp_peer* peer) {
  const HANDLE manager = WTSOpenServerA(reinterpret_cast<LPSTR>(peer->context));
  if (!manager || manager == INVALID_HANDLE_VALUE) return nullptr;
  std::unique_ptr<VirtualChannels> channels(new VirtualChannels(peer, manager));
  channels->receive_ = peer->ReceiveChannelData;
  return channels;
}

VirtualChannels::~VirtualChannels() { WTSCloseServer(manager_); }

std::vector<std::string> VirtualChannels::refused() const {
  std::vector<std::string> names;
  // libfreerdp answers for a name and has no list: devices, sound, single windows, assistance, shared sessions.
  for (const char* name : {"rdpdr", "rdpsnd", "rail", "remdesk", "encomsp"}) {
    if (WTSVirtualChannelManagerIsChannelJoined(manager_, name)) names.emplace_back(name);
  }
  return names;
}

bool VirtualChannels::send_clipboard(std::span<const std::byte> message) {
  const auto* data = reinterpret_cast<const BYTE*>(message.data());
  return peer_->SendChannelData(peer_, WTSChannelGetId(peer_, "cliprdr"), data, message.size());
}

bool VirtualChannels::ready() {
  if (!dynamic()) return false;
  const BYTE state = WTSVirtualChannelManagerGetDrdynvcState(manager_);
  // Looking at it is what makes libfreerdp begin.
  if (state == DRDYNVC_STATE_NONE) process();
  return state == DRDYNVC_STATE_READY;
}

bool VirtualChannels::receive(UINT16 channel, const BYTE* data, size_t size, UINT32 flags, size_t total) {
  if (!receive_ || !dynamic() || channel != WTSChannelGetId(peer_, "drdynvc")) return true;
  return receive_(peer_, channel, data, size, flags, total);
}

}  // namespace frostgate::relay::rdp
