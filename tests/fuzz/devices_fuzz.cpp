// Messages of the channels of devices and sound, as a hostile client and a hostile target may send them in turn: a byte of who sends on which channel with
// which flags (1: the client, 2: sound, 4: a chunk that does not begin, 8: one that does not end), two bytes of length, and so much.
#include <cstdint>
#include <cstdlib>

#include "gateway/relay/rdp/channel_bridge.h"
#include "gateway/relay/rdp/device_protocol.h"
#include "gateway/relay/rdp/little_endian.h"

using namespace frostgate;
using namespace frostgate::relay;
using namespace frostgate::relay::rdp;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

bool printable(const std::string& text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return false;
  }
  return text.size() <= 1024;
}

// What must be so of all that a client of a drive that may be read gets.
void check_for_client(const ChannelBridge::Outgoing& out) {
  if (out.channel == BridgedChannel::sound || number(out.message, 2, 2) != rdpdr::kRequest) return;
  const std::uint32_t major = number(out.message, 16, 4);
  require(major != rdpdr::kWrite && major != rdpdr::kSetInformation && major != rdpdr::kSetVolume);
  if (major == rdpdr::kCreate) require(number(out.message, 44, 4) == 1 && (number(out.message, 24, 4) & 0x52010156) == 0);
}

// Nothing that a target hears of is of another kind.
void check_for_target(const ChannelBridge::Outgoing& out) {
  if (out.channel == BridgedChannel::sound || number(out.message, 2, 2) != rdpdr::kDeviceList) return;
  std::span<const std::byte> rest(out.message);
  const std::uint32_t count = number(rest, 4, 4);
  rest = rest.subspan(8);
  for (std::uint32_t i = 0; i < count; ++i) {
    require(number(rest, 0, 4) == rdpdr::kFileSystem);
    rest = rest.subspan(20 + number(rest, 16, 4));
  }
  require(rest.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Wakeup client, target;
  std::size_t opened = 0, closed = 0;
  {
    ChannelBridge bridge({.drives = DriveAccess::read, .sound = true}, [&](const DeviceFact& fact) {
      require(printable(fact.path) && printable(fact.device) && printable(fact.became));
      opened += fact.what == DeviceFact::What::opened ? 1 : 0;
      closed += fact.what == DeviceFact::What::closed ? 1 : 0;
    });
    bridge.attach(BridgeEnd::client, client);
    bridge.attach(BridgeEnd::target, target);
    std::span<const std::byte> rest = std::as_bytes(std::span(data, size));
    while (rest.size() >= 3) {
      const unsigned kind = std::to_integer<unsigned>(rest[0]);
      const std::size_t length = std::min<std::size_t>(number(rest, 1, 2), rest.size() - 3);
      const BridgeEnd from = (kind & 1) != 0 ? BridgeEnd::client : BridgeEnd::target;
      const BridgedChannel channel = (kind & 2) != 0 ? BridgedChannel::sound : BridgedChannel::devices;
      const std::uint32_t flags = ((kind & 4) != 0 ? 0u : 1u) | ((kind & 8) != 0 ? 0u : 2u);
      if ((kind & 0x80) != 0) {
        bridge.detach(BridgeEnd::target);
        bridge.attach(BridgeEnd::target, target);
      }
      if (!bridge.receive(from, channel, rest.subspan(3, length), flags, length, {})) break;
      rest = rest.subspan(3 + length);
      while (const auto out = bridge.next(BridgeEnd::client)) check_for_client(*out);
      while (const auto out = bridge.next(BridgeEnd::target)) check_for_target(*out);
    }
    bridge.close();
  }
  require(opened == closed);
  return 0;
}
