// The first bytes of an RDP client, as a stranger may send them.
#include <cstdint>
#include <cstdlib>

#include "gateway/relay/rdp/x224_peek.h"

using namespace frostgate::relay::rdp;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> bytes(reinterpret_cast<const std::byte*>(data), size);
  const Peek peek = peek_x224(bytes);
  const auto holds = [](bool claim) {
    if (!claim) std::abort();
  };
  switch (peek.greeting) {
    case Greeting::incomplete:
      holds(peek.needed > size && peek.needed <= kLongestConnectionRequest);
      break;
    case Greeting::rdp: {
      holds(peek.needed <= size && peek.token.size() <= peek.needed);
      holds(security_for(peek) == Security::tls || (peek.protocols & kOffersNla));
      // What follows the request changes nothing; less than the request is not enough.
      const Peek alone = peek_x224(bytes.first(peek.needed));
      holds(alone.greeting == Greeting::rdp && alone.token == peek.token && alone.protocols == peek.protocols);
      holds(peek_x224(bytes.first(peek.needed - 1)).greeting == Greeting::incomplete);
      break;
    }
    case Greeting::other:
      holds(peek.protocols == 0 && peek.token.empty());
      break;
  }
  return 0;
}
