#include "gateway/relay/rdp/virtual_channels.h"

#include <cstring>

#include "gateway/relay/rdp/announced_length.h"
#include "gateway/relay/rdp/channel_name.h"
#include "gateway/relay/rdp/clipboard_channel.h"

namespace frostgate::relay::rdp {
namespace {

constexpr UINT16 kFirstChannel = 1004;  // one after MCS's global channel (MS-RDPBCGR 2.2.1.4.4)

}  // namespace

std::unique_ptr<VirtualChannels> VirtualChannels::create(freerdp_peer* peer) {
  const HANDLE manager = WTSOpenServerA(reinterpret_cast<LPSTR>(peer->context));
  if (!manager || manager == INVALID_HANDLE_VALUE) return nullptr;
  std::unique_ptr<VirtualChannels> channels(new VirtualChannels(peer, manager));
  channels->receive_ = peer->ReceiveChannelData;
  return channels;
}

VirtualChannels::~VirtualChannels() { WTSCloseServer(manager_); }

std::vector<std::string> VirtualChannels::others() const {
  std::vector<std::string> names;
  // libfreerdp has no list of them: it answers for a number, and gives the client's channels the numbers after the global one's.
  for (UINT16 number = kFirstChannel; number < kFirstChannel + CHANNEL_MAX_COUNT; ++number) {
    const char* name = WTSChannelGetName(peer_, number);
    if (!name) continue;
    std::string shown = shown_channel_name({name, strnlen(name, CHANNEL_NAME_LEN + 1)});
    if (shown != "drdynvc" && shown != ClipboardChannel::kName) names.push_back(std::move(shown));
  }
  return names;
}

std::optional<BridgedChannel> VirtualChannels::bridged(UINT16 channel) const {
  for (const BridgedChannel one : {BridgedChannel::devices, BridgedChannel::sound}) {
    const char* name = ChannelBridge::name_of(one);
    if (WTSVirtualChannelManagerIsChannelJoined(manager_, name) && channel == WTSChannelGetId(peer_, name)) return one;
  }
  return std::nullopt;
}

bool VirtualChannels::ready() {
  if (!dynamic()) return false;
  const BYTE state = WTSVirtualChannelManagerGetDrdynvcState(manager_);
  // Looking at it is what makes libfreerdp begin.
  if (state == DRDYNVC_STATE_NONE) process();
  return state == DRDYNVC_STATE_READY;
}

// A channel that the client has closed is another error.
bool VirtualChannels::abused() const {
  const UINT error = getChannelError(peer_->context);
  return error == ERROR_INVALID_DATA || error == CHANNEL_RC_BAD_PROC;
}

Result<void> VirtualChannels::receive(UINT16 channel, std::span<const std::byte> chunk, UINT32 flags, size_t total) {
  if (!receive_ || !dynamic() || channel != WTSChannelGetId(peer_, "drdynvc")) return {};
  TRY(check_announced(chunk, flags, total));
  if (receive_(peer_, channel, reinterpret_cast<const BYTE*>(chunk.data()), chunk.size(), flags, total)) return {};
  return Error{ErrorKind::corrupt, "no message of a dynamic channel"};
}

}  // namespace frostgate::relay::rdp
